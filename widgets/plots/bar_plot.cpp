#include "widgets/plots/bar_plot.h"

#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "widgets/plots/curve_legend.h"
#include "widgets/style/roi_colours.h"
#include "widgets/style/run_styles.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr double kCellFill = 0.84;  // of a ROI's cell that bars take
constexpr double kClassGap = 0.5;   // cells between two classes
constexpr double kHeadroom = 1.14;  // above the highest value, for the names of classes

size_t sideOf(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? 0 : 1;
}

QString r(const std::optional<double>& value) {
  return value ? QString::fromStdString(fixed(*value, 3)) : QObject::tr("absent");
}

}  // namespace

BarPlot::BarPlot(QWidget* parent) : ThemedPlot(parent) {
  setObjectName("roiBarPlot");
  setMinimumSize(220, 120);
  setMouseTracking(true);
  xAxis->setTicks(true);
  xAxis->setSubTicks(false);
  xAxis->setTickLength(0);
  xAxis->grid()->setVisible(false);
  yAxis->setSubTicks(false);
  yAxis->ticker()->setTickCount(5);
  placeLegendBeside(*this);
  BarPlot::applyPalette(palette());
}

BarPlot::~BarPlot() = default;

void BarPlot::setBars(RoiBars bars, RoiStatistic statistic) {
  m_bars = std::move(bars);
  m_statistic = statistic;
  rebuild();
}

void BarPlot::setCurrentRoi(const std::optional<RoiKey>& roi) {
  if (roi == m_current) return;
  m_current = roi;
  rebuild();
}

void BarPlot::rebuild() {
  clearPlottables();
  clearItems();
  placeCells();
  yAxis->setLabel(m_statistic == RoiStatistic::Mean ? tr("Mean r") : tr("Median r"));
  scaleValues();
  drawCurrent();
  drawClasses();
  for (size_t roi = 0; roi < m_bars.rois.size(); ++roi) drawRoi(roi);
  labelAxis();
  fillLegend();
  replot(QCustomPlot::rpQueuedReplot);
}

void BarPlot::placeCells() {
  m_cells.clear();
  double key = 0.5;
  for (size_t i = 0; i < m_bars.rois.size(); ++i) {
    if (i > 0) key += m_bars.rois[i].roiClass == m_bars.rois[i - 1].roiClass ? 1 : 1 + kClassGap;
    m_cells.push_back(key);
  }
  m_end = key + 0.5;
  xAxis->setRange(-0.15, m_end + 0.15);
}

double BarPlot::barWidth() const {
  return kCellFill / static_cast<double>(std::max<size_t>(1, m_bars.runs.size() * m_bars.hemispheres.size()));
}

double BarPlot::keyOf(const Slot& slot) const {
  const size_t runs = std::max<size_t>(1, m_bars.runs.size());
  const bool isSecond = m_bars.hemispheres.size() > 1 && slot.hemisphere == m_bars.hemispheres[1];
  const auto index = static_cast<double>((isSecond ? runs : 0) + slot.run);
  return m_cells[slot.roi] - kCellFill / 2 + (index + 0.5) * barWidth();
}

QColor BarPlot::colourOf(const Slot& slot) const {
  const RoiBarGroup& roi = m_bars.rois[slot.roi];
  const QColor own =
      m_bars.runs.size() > 1 ? runStyle(m_bars.runs[slot.run].slot).colour : roiColour(roi.roiClass, roi.name);
  return slot.hemisphere == Hemisphere::Right ? mixed(own, m_shown.color(QPalette::Text), 0.42) : own;
}

void BarPlot::drawRoi(size_t roi) {
  const RoiBarGroup& group = m_bars.rois[roi];
  for (const Hemisphere h : m_bars.hemispheres) {
    const Slot first{.roi = roi, .hemisphere = h};
    const double middle =
        keyOf(first) + barWidth() * (static_cast<double>(std::max<size_t>(1, m_bars.runs.size())) - 1) / 2;
    if (group.vertexCount[sideOf(h)] == 0) {
      drawWord(middle, tr("absent"));
      continue;
    }
    drawCeiling(roi, sideOf(h));
    for (size_t run = 0; run < m_bars.runs.size(); ++run) {
      const RoiScore& score = group.runs[run][sideOf(h)];
      const Slot slot{.roi = roi, .hemisphere = h, .run = run};
      if (const auto& value = score.correlation.of(m_statistic)) {
        drawBar(slot, *value);
        if (const auto& interval = score.intervalOf(m_statistic)) drawInterval(slot, *interval);
      } else {
        drawWord(keyOf(slot), !score.isPredicted ? tr("no model") : score.bestEpoch == 0 ? tr("waiting") : tr("no r"));
      }
    }
  }
}

void BarPlot::drawBar(const Slot& slot, double value) {
  auto* bar = new QCPBars(xAxis, yAxis);
  bar->setWidthType(QCPBars::wtPlotCoords);
  bar->setWidth(barWidth() * 0.92);
  bar->setPen(Qt::NoPen);
  bar->setBrush(colourOf(slot));
  bar->setAntialiasedFill(false);
  bar->setSelectable(QCP::stNone);
  bar->addData(keyOf(slot), value);
}

void BarPlot::drawInterval(const Slot& slot, const Interval& interval) {
  auto* whisker = new QCPItemLine(this);
  whisker->start->setCoords(keyOf(slot), interval.low);
  whisker->end->setCoords(keyOf(slot), interval.high);
  const double width =
      std::clamp(barWidth() * axisRect()->width() / std::max(1.0, xAxis->range().size()) / 3, 2.0, 6.0);
  whisker->setHead(QCPLineEnding(QCPLineEnding::esBar, width));
  whisker->setTail(QCPLineEnding(QCPLineEnding::esBar, width));
  whisker->setPen(QPen(m_shown.color(QPalette::Text), 1));
  whisker->setSelectable(false);
}

void BarPlot::drawWord(double key, const QString& word) {
  auto* text = new QCPItemText(this);
  text->setText(word);
  text->setRotation(-90);
  text->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  text->position->setCoords(key, yAxis->range().lower > 0 ? yAxis->range().lower : 0);
  text->setPadding(QMargins(4, 0, 0, 0));
  text->setColor(themeColours(m_shown).quietText);
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.85);
  text->setFont(small);
  text->setSelectable(false);
}

void BarPlot::drawCeiling(size_t roi, size_t side) {
  const auto& ceiling = m_bars.rois[roi].ceiling[side].of(m_statistic);
  if (!ceiling) return;
  const Hemisphere h = side == 0 ? Hemisphere::Left : Hemisphere::Right;
  const double from = keyOf({.roi = roi, .hemisphere = h}) - barWidth() / 2;
  const double to = from + barWidth() * static_cast<double>(std::max<size_t>(1, m_bars.runs.size()));
  auto* tick = new QCPItemLine(this);
  tick->start->setCoords(from + 0.04 * barWidth(), *ceiling);
  tick->end->setCoords(to - 0.04 * barWidth(), *ceiling);
  QPen pen(m_shown.color(QPalette::Text), 1.6);
  pen.setCapStyle(Qt::FlatCap);
  tick->setPen(pen);
  tick->setSelectable(false);
}

void BarPlot::drawClasses() {
  const QColor quiet = themeColours(m_shown).quietText;
  const double pixelsPerCell = axisRect()->width() / std::max(1.0, xAxis->range().size());
  for (size_t first = 0; first < m_bars.rois.size();) {
    size_t end = first;
    while (end < m_bars.rois.size() && m_bars.rois[end].roiClass == m_bars.rois[first].roiClass) ++end;
    auto* name = new QCPItemText(this);
    const double room = static_cast<double>(end - first) * pixelsPerCell;
    const QString label = roiClassLabel(m_bars.rois[first].roiClass);
    name->setText(QFontMetricsF(font()).elidedText(label, Qt::ElideRight, std::max(room, 24.0)));
    name->setFont(font());
    name->setColor(quiet);
    name->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
    name->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    name->position->setCoords(m_cells[first] - kCellFill / 2, 0.005);
    name->setSelectable(false);
    if (end < m_bars.rois.size()) {
      auto* line = new QCPItemStraightLine(this);
      const double key = (m_cells[end - 1] + m_cells[end]) / 2;
      line->point1->setCoords(key, 0);
      line->point2->setCoords(key, 1);
      line->setPen(QPen(themeColours(m_shown).grid, 1));
      line->setSelectable(false);
    }
    first = end;
  }
}

void BarPlot::drawCurrent() {
  if (!m_current) return;
  for (size_t i = 0; i < m_bars.rois.size(); ++i) {
    if (m_bars.rois[i].name != m_current->name || m_bars.rois[i].roiClass != m_current->roiClass) continue;
    auto* ground = new QCPItemRect(this);
    ground->setLayer("grid");
    for (QCPItemPosition* corner : {ground->topLeft, ground->bottomRight})
      corner->setTypeY(QCPItemPosition::ptAxisRectRatio);
    ground->topLeft->setCoords(m_cells[i] - 0.5, 0);
    ground->bottomRight->setCoords(m_cells[i] + 0.5, 1);
    QColor tint = m_shown.color(QPalette::Highlight);
    tint.setAlpha(46);
    ground->setBrush(tint);
    ground->setPen(Qt::NoPen);
    ground->setSelectable(false);
  }
}

void BarPlot::labelAxis() {
  auto* names = new QCPAxisTickerText;
  double widest = 0;
  for (size_t i = 0; i < m_bars.rois.size(); ++i) {
    const QString name = QString::fromStdString(m_bars.rois[i].name);
    names->addTick(m_cells[i], name);
    widest = std::max(widest, QFontMetricsF(font()).horizontalAdvance(name));
  }
  xAxis->setTicker(QSharedPointer<QCPAxisTicker>(names));
  const double cell = axisRect()->width() / std::max(1.0, xAxis->range().size());
  xAxis->setTickLabelRotation(widest + 6 < cell ? 0 : -40);
}

void BarPlot::scaleValues() {
  double least = 0, greatest = 0.1;
  QString what = m_statistic == RoiStatistic::Mean ? "mean" : "median";
  for (const auto& run : m_bars.runs) what += "," + run.id;
  for (const RoiBarGroup& roi : m_bars.rois) {
    what += "," + QString::fromStdString(roi.name);
    for (const Hemisphere h : m_bars.hemispheres) {
      if (const auto& ceiling = roi.ceiling[sideOf(h)].of(m_statistic)) greatest = std::max(greatest, *ceiling);
      for (const auto& run : roi.runs) {
        const RoiScore& score = run[sideOf(h)];
        if (const auto& value = score.correlation.of(m_statistic)) {
          const Interval ends = score.intervalOf(m_statistic).value_or(Interval{*value, *value});
          least = std::min({least, *value, ends.low});
          greatest = std::max({greatest, *value, ends.high});
        }
      }
    }
  }
  const double step = greatest > 0.4 ? 0.1 : 0.05;
  double lower = least < 0 ? std::floor(least / step) * step : 0;
  double upper = std::ceil(greatest * kHeadroom / step) * step;
  if (what == m_scaledFor) {
    lower = std::min(lower, yAxis->range().lower);
    upper = std::max(upper, yAxis->range().upper);
  }
  m_scaledFor = what;
  yAxis->setRange(lower, upper);
}

void BarPlot::addLegendEntry(const QString& name, const QBrush& fill) {
  auto* sample = new QCPBars(xAxis, yAxis);
  sample->setName(name);
  sample->setPen(Qt::NoPen);
  sample->setBrush(fill);
  sample->addToLegend();
}

void BarPlot::fillLegend() {
  if (m_bars.rois.empty()) return;
  if (m_bars.runs.size() > 1)
    for (const auto& run : m_bars.runs)
      addLegendEntry(run.name.size() <= 26 ? run.name : run.name.left(25) + u'…', runStyle(run.slot).colour);
  const QColor quiet = themeColours(m_shown).quietText;
  const QColor pale = mixed(quiet, m_shown.color(QPalette::Base), 0.45);
  if (m_bars.hemispheres.size() > 1) {
    addLegendEntry(tr("LH, left bar"), pale);
    addLegendEntry(tr("RH, right bar"), mixed(pale, m_shown.color(QPalette::Text), 0.42));
  } else {
    addLegendEntry(m_bars.hemispheres.front() == Hemisphere::Left ? tr("LH only") : tr("RH only"), Qt::NoBrush);
  }
  const auto hasCeiling = [](const RoiBarGroup& roi) { return roi.ceiling[0].mean || roi.ceiling[1].mean; };
  if (std::ranges::any_of(m_bars.rois, hasCeiling)) {
    QCPGraph* sample = addGraph();
    sample->setName(tr("noise ceiling"));
    sample->setPen(QPen(m_shown.color(QPalette::Text), 1.6));
    sample->addToLegend();
  }
}

void BarPlot::applyPalette(const QPalette& palette) {
  m_shown = palette;
  ThemedPlot::applyPalette(palette);
  rebuild();
}

void BarPlot::resizeEvent(QResizeEvent* event) {
  ThemedPlot::resizeEvent(event);
  rebuild();
}

std::optional<QPointF> BarPlot::barAt(const RoiKey& roi, size_t run) const {
  if (run >= m_bars.runs.size() || std::ranges::find(m_bars.hemispheres, roi.hemisphere) == m_bars.hemispheres.end())
    return std::nullopt;
  for (size_t i = 0; i < m_bars.rois.size(); ++i)
    if (m_bars.rois[i].name == roi.name && m_bars.rois[i].roiClass == roi.roiClass)
      return QPointF(xAxis->coordToPixel(keyOf({.roi = i, .hemisphere = roi.hemisphere, .run = run})),
                     yAxis->coordToPixel(yAxis->range().center()));
  return std::nullopt;
}

std::optional<BarPlot::Slot> BarPlot::slotAt(const QPointF& position) const {
  if (!axisRect()->rect().contains(position.toPoint()) || m_bars.hemispheres.empty()) return std::nullopt;
  const double key = xAxis->pixelToCoord(position.x());
  for (size_t i = 0; i < m_cells.size(); ++i) {
    if (std::abs(key - m_cells[i]) > 0.5) continue;
    const size_t runs = std::max<size_t>(1, m_bars.runs.size());
    const double within = (key - m_cells[i] + kCellFill / 2) / barWidth();
    const auto index =
        static_cast<size_t>(std::clamp(within, 0.0, static_cast<double>(runs * m_bars.hemispheres.size()) - 1));
    return Slot{.roi = i, .hemisphere = m_bars.hemispheres[index / runs], .run = index % runs};
  }
  return std::nullopt;
}

QString BarPlot::describe(size_t roi, Hemisphere hemisphere, size_t run) const {
  const RoiBarGroup& group = m_bars.rois[roi];
  const size_t side = sideOf(hemisphere);
  QString text = QString("%1 %2").arg(QString::fromStdString(group.name), side == 0 ? tr("LH") : tr("RH"));
  if (group.vertexCount[side] == 0) return text + "\n" + tr("absent: this subject has no vertex of it");
  const auto count = [](size_t n) { return QString::fromStdString(thousands(n)); };
  if (run < m_bars.runs.size()) {
    const RoiScore& score = group.runs[run][side];
    text += " · " + m_bars.runs[run].name;
    if (!score.isPredicted) return text + "\n" + tr("the run has no model of it");
    if (score.bestEpoch == 0 && !score.correlation.mean) return text + "\n" + tr("waiting for the first epoch");
    text += "\n" + tr("mean r %1, median %2 over %3 vertices")
                       .arg(r(score.correlation.mean), r(score.correlation.median), count(score.correlation.vertices));
    if (score.correlation.undefined > 0)
      text += "\n" + tr("%1 vertices left out: r is undefined there").arg(count(score.correlation.undefined));
    if (const auto& interval = score.intervalOf(m_statistic))
      text += "\n" + tr("95 % interval %1 to %2").arg(r(interval->low), r(interval->high));
    if (score.bestEpoch > 0) text += "\n" + tr("best epoch %1").arg(score.bestEpoch);
  }
  if (group.ceiling[side].mean)
    text +=
        "\n" + tr("noise ceiling: mean %1, median %2").arg(r(group.ceiling[side].mean), r(group.ceiling[side].median));
  return text;
}

void BarPlot::mouseMoveEvent(QMouseEvent* event) {
  ThemedPlot::mouseMoveEvent(event);
  if (const auto slot = slotAt(event->position()))
    QToolTip::showText(event->globalPosition().toPoint(), describe(slot->roi, slot->hemisphere, slot->run), this);
  else
    QToolTip::hideText();
}

void BarPlot::mouseReleaseEvent(QMouseEvent* event) {
  ThemedPlot::mouseReleaseEvent(event);
  const auto slot = slotAt(event->position());
  if (event->button() != Qt::LeftButton || !slot) return;
  const RoiBarGroup& roi = m_bars.rois[slot->roi];
  Hemisphere h = slot->hemisphere;
  if (roi.vertexCount[sideOf(h)] == 0) h = h == Hemisphere::Left ? Hemisphere::Right : Hemisphere::Left;
  if (roi.vertexCount[sideOf(h)] > 0) Q_EMIT roiClicked({h, roi.roiClass, roi.name});
}

}  // namespace corticast
