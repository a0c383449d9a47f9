#include "widgets/plots/curve_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "widgets/plots/curve_legend.h"
#include "widgets/plots/decimate.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr double kClickPixels = 4;
constexpr double kNearPixels = 60;
constexpr double kFewestEpochs = 5;

/// The least 1, 2, 2.5, 3, 4, 5, 6, 8 or 10 times a power of ten that is not below `value`: axes grow in such steps.
double niceCeiling(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0})
    if (step * power >= value * (1 - 1e-9)) return step * power;
  return 10 * power;
}

QString number(double value, CurveQuantity quantity) {
  if (std::isnan(value)) return QObject::tr("absent");
  switch (quantity) {
    case CurveQuantity::Loss:
      return QString::fromStdString(fixed(value, 4));
    case CurveQuantity::Correlation:
      return QString::fromStdString(fixed(value, 3));
    case CurveQuantity::LearningRate:
      return QString::number(value, 'g', 3);
  }
  return {};
}

/// Other curves than before, not merely longer ones.
bool isSameChoice(const CurveSet& a, const CurveSet& b) {
  const auto isSame = [](const Curve& x, const Curve& y) {
    return x.run == y.run && x.model == y.model && x.values == y.values;
  };
  return a.axisLabel == b.axisLabel && std::ranges::equal(a.curves, b.curves, isSame);
}

}  // namespace

CurvePlot::CurvePlot(QWidget* parent) : ThemedPlot(parent) {
  setObjectName("curvePlot");
  setMinimumSize(220, 120);
  setMouseTracking(true);
  setFocusPolicy(Qt::ClickFocus);
  setInteractions(QCP::iRangeZoom);
  setSelectionRectMode(QCP::srmZoom);
  axisRect()->setRangeZoomFactor(0.8);
  xAxis->setLabel(tr("Epoch"));
  xAxis->ticker()->setTickCount(8);
  // Whole epochs only.
  auto* whole = new QCPAxisTickerFixed;
  whole->setTickStep(1);
  whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
  xAxis->setTicker(QSharedPointer<QCPAxisTicker>(whole));
  xAxis->setSubTicks(false);
  xAxis->setNumberFormat("f");
  xAxis->setNumberPrecision(0);
  yAxis->setNumberFormat("g");
  yAxis->setNumberPrecision(4);
  placeLegendBeside(*this);
  buildPointer();
  connect(selectionRect(), &QCPSelectionRect::accepted, this, [this] { setFitted(false); });
  CurvePlot::applyPalette(palette());
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::buildPointer() {
  m_line = new QCPItemStraightLine(this);
  m_dot = new QCPItemTracer(this);
  for (QCPAbstractItem* item : {static_cast<QCPAbstractItem*>(m_line), static_cast<QCPAbstractItem*>(m_dot)}) {
    item->setLayer("overlay");
    item->setVisible(false);
    item->setSelectable(false);
  }
  m_dot->setStyle(QCPItemTracer::tsCircle);
  m_dot->setSize(9);
}

void CurvePlot::setCurves(CurveSet set) {
  m_isFresh = m_isFresh || !isSameChoice(set, m_set);
  m_set = std::move(set);
  if (m_isFresh) {
    setPointerShown(false);
    Q_EMIT pointedAt({});
  }
  yAxis->setLabel(m_set.axisLabel);
  setEmptyText(m_set.emptyReason);
  if (m_isFitted) followData();
  redraw();
}

void CurvePlot::setLogarithmic(bool isLogarithmic) {
  if (isLogarithmic == m_isLogarithmic) return;
  m_isLogarithmic = isLogarithmic;
  yAxis->setScaleType(isLogarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  fit();
}

void CurvePlot::fit() {
  m_isFresh = true;
  followData();
  setFitted(true);
  replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::setFitted(bool isFitted) {
  if (isFitted == m_isFitted) return;
  m_isFitted = isFitted;
  Q_EMIT fittedChanged(isFitted);
}

void CurvePlot::followData() {
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
  size_t epochs = 0;
  for (const Curve& curve : m_set.curves) {
    epochs = std::max(epochs, curve.points.size());
    for (const double value : curve.points) {
      if (std::isnan(value) || (m_isLogarithmic && value <= 0)) continue;
      least = std::min(least, value);
      greatest = std::max(greatest, value);
    }
  }
  if (epochs == 0 || least > greatest) return;
  const double last = std::max(niceCeiling(std::max(static_cast<double>(epochs), kFewestEpochs)),
                               m_isFresh ? 0.0 : xAxis->range().upper);
  xAxis->setRange(1 - 0.02 * last, m_isFresh || last > xAxis->range().upper ? last * 1.01 : last);
  followValues(least, greatest);
  m_isFresh = false;
}

void CurvePlot::followValues(double least, double greatest) {
  const QCPRange old = yAxis->range();
  if (m_isLogarithmic) {
    const double room = std::max(std::pow(greatest / least, 0.05), 1.01);
    if (m_isFresh || least < old.lower || greatest > old.upper)
      yAxis->setRange(m_isFresh ? least / room : std::min(old.lower, least / room),
                      m_isFresh ? greatest * room : std::max(old.upper, greatest * room));
    // Decades alone would leave a narrow range without a number.
    const bool isNarrow = greatest / least < 30;
    yAxis->setTicker(isNarrow ? QSharedPointer<QCPAxisTicker>(new QCPAxisTicker)
                              : QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog));
    return;
  }
  yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
  const double span = std::max(greatest - least, std::max(std::abs(greatest), 1e-12) * 1e-3);
  const double step = niceCeiling(span / 8);
  const double lower = std::floor((least - 0.03 * span) / step) * step;
  const double upper = std::ceil((greatest + 0.03 * span) / step) * step;
  yAxis->setRange(m_isFresh ? lower : std::min(old.lower, lower), m_isFresh ? upper : std::max(old.upper, upper));
}

QColor CurvePlot::colourOf(const Curve& curve, const QPalette& palette) const {
  const QColor text = palette.color(QPalette::Text);
  if (!curve.colour.isValid()) return curve.isToned ? mixed(text, palette.color(QPalette::Base), 0.35) : text;
  return curve.isToned ? mixed(curve.colour, text, 0.42) : curve.colour;
}

namespace {

QPen penOf(const Curve& curve, const QColor& colour) {
  QPen pen(colour, curve.weight == CurveWeight::Strong ? 2.2 : curve.weight == CurveWeight::Normal ? 1.5 : 1.0);
  pen.setCapStyle(Qt::FlatCap);
  pen.setJoinStyle(Qt::RoundJoin);
  if (!curve.dashes.isEmpty()) pen.setDashPattern(curve.dashes);
  if (curve.isTraining) {
    pen.setWidthF(pen.widthF() * 0.65);
    pen.setDashPattern({4, 3});
  }
  if (curve.weight == CurveWeight::Quiet) {
    QColor faint = colour;
    faint.setAlphaF(0.38F);
    pen.setColor(faint);
  }
  return pen;
}

}  // namespace

void CurvePlot::drawCurve(const Curve& curve, const QPalette& palette) {
  const QColor colour = colourOf(curve, palette);
  const CurvePoints points = decimate(curve.points);
  QCPGraph* graph = addGraph();
  graph->setPen(penOf(curve, colour));
  graph->setData(QVector<double>(points.x.begin(), points.x.end()), QVector<double>(points.y.begin(), points.y.end()),
                 true);
  // A single epoch is a point; a line would not show it.
  if (curve.points.size() == 1) graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 6));
  const double size = curve.weight == CurveWeight::Strong ? 9 : 6;
  if (curve.bestEpoch > 0)
    drawMark(curve, curve.bestEpoch,
             QCPScatterStyle(shapeOf(curve.marker), QPen(palette.color(QPalette::Base), 1), QBrush(colour), size),
             colour);
  if (curve.stopEpoch > 0) {
    const QColor ink = curve.isFailed ? themeColours(palette).error : colour;
    drawMark(curve, curve.stopEpoch,
             QCPScatterStyle(curve.isFailed ? QCPScatterStyle::ssCross : QCPScatterStyle::ssSquare, QPen(ink, 1.6),
                             curve.isFailed ? QBrush(Qt::NoBrush) : QBrush(palette.color(QPalette::Base)), size - 1),
             ink);
  }
}

void CurvePlot::drawMark(const Curve& curve, int epoch, const QCPScatterStyle& shape, const QColor& colour) {
  const auto index = static_cast<size_t>(epoch - 1);
  if (index >= curve.points.size() || std::isnan(curve.points[index])) return;
  QCPGraph* mark = addGraph();
  mark->setPen(QPen(colour));
  mark->setLineStyle(QCPGraph::lsNone);
  mark->setScatterStyle(shape);
  mark->addData(epoch, curve.points[index]);
}

void CurvePlot::redraw() {
  clearGraphs();
  for (const Curve& curve : m_set.curves) drawCurve(curve, m_shown);
  fillLegend(
      *this, m_set, [this](const Curve& curve) { return penOf(curve, colourOf(curve, m_shown)); },
      themeColours(m_shown).quietText);
  replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::applyPalette(const QPalette& palette) {
  m_shown = palette;
  ThemedPlot::applyPalette(palette);
  m_line->setPen(QPen(themeColours(palette).quietText, 1, Qt::DotLine));
  m_dot->setPen(QPen(palette.color(QPalette::Text), 1.5));
  m_dot->setBrush(palette.color(QPalette::Base));
  redraw();
}

void CurvePlot::setPointerShown(bool isShown) {
  // It comes back by itself with the next move of the mouse.
  if (isShown) return;
  m_line->setVisible(false);
  m_dot->setVisible(false);
}

std::optional<CurvePlot::Hit> CurvePlot::nearest(const QPointF& position) const {
  const int epoch = static_cast<int>(std::lround(xAxis->pixelToCoord(position.x())));
  std::optional<Hit> best;
  for (size_t i = 0; i < m_set.curves.size(); ++i) {
    const auto& points = m_set.curves[i].points;
    if (epoch < 1 || points.size() < static_cast<size_t>(epoch)) continue;
    const double value = points[static_cast<size_t>(epoch) - 1];
    if (std::isnan(value) || (m_isLogarithmic && value <= 0)) continue;
    const double distance = std::abs(yAxis->coordToPixel(value) - position.y());
    // Strong curves come last, and win where curves meet.
    if (!best || distance <= best->distance) best = Hit{.curve = i, .epoch = epoch, .distance = distance};
  }
  return best;
}

QString CurvePlot::describe(const Hit& hit) const {
  const Curve& curve = m_set.curves[hit.curve];
  QString text =
      tr("Epoch %1 · %2 · %3 %4")
          .arg(hit.epoch)
          .arg(curve.model, curve.values, number(curve.points[static_cast<size_t>(hit.epoch) - 1], m_set.quantity));
  if (m_set.hasSeveralRuns) text += " · " + curve.runName;
  if (curve.bestEpoch > 0 && static_cast<size_t>(curve.bestEpoch) <= curve.points.size())
    text += tr(" · best epoch %1: %2")
                .arg(curve.bestEpoch)
                .arg(number(curve.points[static_cast<size_t>(curve.bestEpoch) - 1], m_set.quantity));
  if (curve.stopEpoch > 0)
    text += (curve.isFailed ? tr(" · failed: %1") : tr(" · stopped early: %1")).arg(curve.reason);
  return text;
}

void CurvePlot::showPointer(const QPointF& position) {
  const auto hit = axisRect()->rect().contains(position.toPoint()) ? nearest(position) : std::nullopt;
  const bool isNear = hit && hit->distance < kNearPixels;
  m_line->setVisible(hit.has_value());
  m_dot->setVisible(isNear);
  if (hit) {
    m_line->point1->setCoords(hit->epoch, yAxis->range().lower);
    m_line->point2->setCoords(hit->epoch, yAxis->range().upper);
  }
  if (isNear)
    m_dot->position->setCoords(hit->epoch, m_set.curves[hit->curve].points[static_cast<size_t>(hit->epoch) - 1]);
  layer("overlay")->replot();
  Q_EMIT pointedAt(isNear ? describe(*hit) : hit ? tr("Epoch %1").arg(hit->epoch) : QString());
}

void CurvePlot::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->position();
  const bool isMove = event->button() == Qt::MiddleButton ||
                      (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier);
  if (isMove) {
    m_movedFrom = event->position();
    setCursor(Qt::ClosedHandCursor);
    return;
  }
  if (event->button() == Qt::LeftButton) QCustomPlot::mousePressEvent(event);
}

void CurvePlot::mouseMoveEvent(QMouseEvent* event) {
  if (!m_movedFrom) {
    QCustomPlot::mouseMoveEvent(event);
    if (event->buttons() == Qt::NoButton) showPointer(event->position());
    return;
  }
  const QPointF from = *m_movedFrom, to = event->position();
  xAxis->moveRange(xAxis->pixelToCoord(from.x()) - xAxis->pixelToCoord(to.x()));
  if (m_isLogarithmic) {
    const double factor = yAxis->pixelToCoord(from.y()) / yAxis->pixelToCoord(to.y());
    yAxis->setRange(yAxis->range().lower * factor, yAxis->range().upper * factor);
  } else {
    yAxis->moveRange(yAxis->pixelToCoord(from.y()) - yAxis->pixelToCoord(to.y()));
  }
  m_movedFrom = to;
  setFitted(false);
  replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::mouseReleaseEvent(QMouseEvent* event) {
  if (m_movedFrom) {
    m_movedFrom.reset();
    unsetCursor();
    return;
  }
  QCustomPlot::mouseReleaseEvent(event);
  if (event->button() != Qt::LeftButton || (event->position() - m_pressed).manhattanLength() > kClickPixels) return;
  const auto hit = axisRect()->rect().contains(event->pos()) ? nearest(event->position()) : std::nullopt;
  if (hit && hit->distance <= 2 * kClickPixels && m_set.curves[hit->curve].roi)
    Q_EMIT roiClicked(*m_set.curves[hit->curve].roi);
}

void CurvePlot::mouseDoubleClickEvent(QMouseEvent* event) {
  QCustomPlot::mouseDoubleClickEvent(event);
  if (event->button() == Qt::LeftButton) fit();
}

void CurvePlot::wheelEvent(QWheelEvent* event) {
  if (m_set.curves.empty()) return;
  QCustomPlot::wheelEvent(event);
  setFitted(false);
  event->accept();
}

void CurvePlot::leaveEvent(QEvent* event) {
  QCustomPlot::leaveEvent(event);
  setPointerShown(false);
  layer("overlay")->replot();
  Q_EMIT pointedAt({});
}

}  // namespace corticast
