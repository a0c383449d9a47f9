#include "widgets/compare/scatter_plot.h"

#include <QLocale>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "widgets/style/roi_colours.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr double kMarkPixels = 4;
constexpr double kNearPixels = 8;
constexpr int kClickSlackPixels = 4;

/// Brushed vertices are kept in this order, so that they are found fast.
std::pair<Hemisphere, uint32_t> orderOf(const VertexPick& pick) {
  return {pick.hemisphere, pick.vertex};
}

QString number(double value) {
  return QString::fromStdString(fixed(value, 3));
}

}  // namespace

ScatterPlot::ScatterPlot(QWidget* parent) : ThemedPlot(parent) {
  setObjectName("scatterPlot");
  setMinimumSize(200, 140);
  setMouseTracking(true);
  setSelectionRectMode(QCP::srmCustom);
  for (QCPAxis* axis : {xAxis, yAxis}) {
    axis->setSubTicks(false);
    axis->ticker()->setTickCount(5);
  }
  connect(selectionRect(), &QCPSelectionRect::accepted, this, [this](const QRect& box) { brush(box); });
  ScatterPlot::applyPalette(palette());
}

ScatterPlot::~ScatterPlot() = default;

void ScatterPlot::setPoints(ScatterPoints points) {
  m_points = std::move(points);
  m_brushed.clear();
  rebuild();
}

void ScatterPlot::clearBrush() {
  if (m_brushed.empty()) return;
  m_brushed.clear();
  rebuild();
  Q_EMIT brushChanged();
}

void ScatterPlot::setVertex(const std::optional<VertexPick>& vertex) {
  if (vertex == m_vertex) return;
  m_vertex = vertex;
  rebuild();
}

void ScatterPlot::rebuild() {
  clearPlottables();
  clearItems();
  xAxis->setLabel(tr("r of %1").arg(QString::fromStdString(m_points.secondName)));
  yAxis->setLabel(tr("r of %1").arg(QString::fromStdString(m_points.firstName)));
  scaleAxes();
  auto* diagonal = new QCPItemStraightLine(this);
  diagonal->point1->setCoords(0, 0);
  diagonal->point2->setCoords(1, 1);
  diagonal->setPen(QPen(themeColours(m_shown).quietText, 1, Qt::DashLine));
  diagonal->setSelectable(false);
  for (const bool isSignificant : {false, true})
    for (int roi = -1; roi < static_cast<int>(m_points.rois.size()); ++roi) drawGroup(roi, isSignificant);
  drawBrushed();
  drawVertex();
  replot(QCustomPlot::rpQueuedReplot);
}

void ScatterPlot::drawGroup(int roi, bool isSignificant) {
  QVector<double> x, y;
  for (const ScatterPoint& point : m_points.points) {
    if (point.roi != roi || point.isSignificant != isSignificant) continue;
    x.push_back(point.second);
    y.push_back(point.first);
  }
  if (x.empty()) return;
  const auto* key = roi < 0 ? nullptr : &m_points.rois[static_cast<size_t>(roi)];
  const QColor colour = key ? roiColour(key->roiClass, key->name) : themeColours(m_shown).quietText;
  QCPGraph* graph = addGraph();
  graph->setLineStyle(QCPGraph::lsNone);
  graph->setAdaptiveSampling(false);
  graph->setAntialiasedScatters(false);
  graph->setSelectable(QCP::stNone);
  graph->setScatterStyle({QCPScatterStyle::ssSquare, QPen(colour, 1), isSignificant ? QBrush(colour) : Qt::NoBrush,
                          isSignificant ? kMarkPixels : kMarkPixels - 1});
  graph->setData(x, y);
}

void ScatterPlot::drawBrushed() {
  if (m_brushed.empty()) return;
  QVector<double> x, y;
  for (const ScatterPoint& point : m_points.points) {
    if (!std::ranges::binary_search(m_brushed, orderOf(point.vertex), {}, orderOf)) continue;
    x.push_back(point.second);
    y.push_back(point.first);
  }
  QCPGraph* graph = addGraph();
  graph->setLineStyle(QCPGraph::lsNone);
  graph->setSelectable(QCP::stNone);
  const QColor colour = m_shown.color(QPalette::Highlight);
  graph->setScatterStyle({QCPScatterStyle::ssSquare, QPen(colour, 1), QBrush(colour), kMarkPixels + 1});
  graph->setData(x, y);
}

void ScatterPlot::drawVertex() {
  if (!m_vertex) return;
  const auto point = std::ranges::find(m_points.points, *m_vertex, &ScatterPoint::vertex);
  if (point == m_points.points.end()) return;
  QCPGraph* graph = addGraph();
  graph->setLineStyle(QCPGraph::lsNone);
  graph->setSelectable(QCP::stNone);
  graph->setScatterStyle({QCPScatterStyle::ssCircle, QPen(m_shown.color(QPalette::Text), 2), Qt::NoBrush, 13});
  graph->addData(point->second, point->first);
}

/// Both axes show the same range, so that the diagonal means equal.
void ScatterPlot::scaleAxes() {
  float least = 0, greatest = 0.1F;
  for (const ScatterPoint& point : m_points.points) {
    least = std::min({least, point.first, point.second});
    greatest = std::max({greatest, point.first, point.second});
  }
  const double margin = 0.03 * (greatest - least);
  for (QCPAxis* axis : {xAxis, yAxis}) axis->setRange(least - margin, greatest + margin);
}

void ScatterPlot::brush(const QRect& box) {
  m_brushed.clear();
  const QRectF area = QRectF(box.normalized());
  if (std::max(area.width(), area.height()) > kClickSlackPixels)
    for (const ScatterPoint& point : m_points.points)
      if (area.contains(placeOf(point))) m_brushed.push_back(point.vertex);
  std::ranges::sort(m_brushed, {}, orderOf);
  rebuild();
  Q_EMIT brushChanged();
}

QPointF ScatterPlot::placeOf(const ScatterPoint& point) const {
  return {xAxis->coordToPixel(point.second), yAxis->coordToPixel(point.first)};
}

const ScatterPoint* ScatterPlot::nearest(const QPointF& position) const {
  const ScatterPoint* found = nullptr;
  double least = kNearPixels;
  for (const ScatterPoint& point : m_points.points) {
    const QPointF away = placeOf(point) - position;
    if (const double distance = std::hypot(away.x(), away.y()); distance <= least) {
      least = distance;
      found = &point;
    }
  }
  return found;
}

QString ScatterPlot::describe(const ScatterPoint& point) const {
  QString text = tr("Vertex %1 · %2")
                     .arg(QLocale(QLocale::English).toString(point.vertex.vertex),
                          point.vertex.hemisphere == Hemisphere::Left ? tr("LH") : tr("RH"));
  if (point.roi >= 0) text += " · " + QString::fromStdString(m_points.rois[static_cast<size_t>(point.roi)].name);
  text += "\n" + tr("%1: r %2").arg(QString::fromStdString(m_points.firstName), number(point.first));
  text += "\n" + tr("%1: r %2").arg(QString::fromStdString(m_points.secondName), number(point.second));
  return text + "\n" + (point.isSignificant ? tr("they differ, q < 0.05") : tr("no difference shown"));
}

void ScatterPlot::applyPalette(const QPalette& palette) {
  m_shown = palette;
  ThemedPlot::applyPalette(palette);
  rebuild();
}

void ScatterPlot::resizeEvent(QResizeEvent* event) {
  ThemedPlot::resizeEvent(event);
  rebuild();
}

void ScatterPlot::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->position();
  ThemedPlot::mousePressEvent(event);
}

void ScatterPlot::mouseMoveEvent(QMouseEvent* event) {
  ThemedPlot::mouseMoveEvent(event);
  const ScatterPoint* point = event->buttons() == Qt::NoButton ? nearest(event->position()) : nullptr;
  if (point)
    QToolTip::showText(event->globalPosition().toPoint(), describe(*point), this);
  else
    QToolTip::hideText();
}

void ScatterPlot::mouseReleaseEvent(QMouseEvent* event) {
  ThemedPlot::mouseReleaseEvent(event);
  if (event->button() != Qt::LeftButton || (event->position() - m_pressed).manhattanLength() > kClickSlackPixels)
    return;
  if (const ScatterPoint* point = nearest(event->position()))
    Q_EMIT vertexClicked(point->vertex);
  else
    clearBrush();
}

}  // namespace corticast
