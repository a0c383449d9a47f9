#include "widgets/plots/curve_legend.h"

#include <QObject>
#include <algorithm>

namespace corticast {
namespace {

constexpr int kLongestName = 26;

QString shortened(const QString& text) {
  return text.size() <= kLongestName ? text : text.left(kLongestName - 1) + u'…';
}

void addEntry(QCustomPlot& plot, const QString& name, const QPen& pen, const QCPScatterStyle& mark = {}) {
  QCPGraph* sample = plot.addGraph();
  sample->setName(name);
  sample->setPen(pen);
  sample->setScatterStyle(mark);
  if (pen.style() == Qt::NoPen) sample->setLineStyle(QCPGraph::lsNone);
  sample->addToLegend();
}

QCPScatterStyle mark(QCPScatterStyle::ScatterShape shape, const QColor& colour) {
  return {shape, QPen(colour, 1.4), shape == QCPScatterStyle::ssDisc ? QBrush(colour) : QBrush(Qt::NoBrush), 7};
}

}  // namespace

QCPScatterStyle::ScatterShape shapeOf(RunMarker marker) {
  switch (marker) {
    case RunMarker::Disc:
      break;
    case RunMarker::Square:
      return QCPScatterStyle::ssSquare;
    case RunMarker::Diamond:
      return QCPScatterStyle::ssDiamond;
    case RunMarker::TriangleUp:
      return QCPScatterStyle::ssTriangle;
    case RunMarker::Star:
      return QCPScatterStyle::ssStar;
    case RunMarker::Cross:
      return QCPScatterStyle::ssCrossCircle;
  }
  return QCPScatterStyle::ssCircle;  // ssDisc would be filled with the colour of its rim
}

void placeLegendBeside(QCustomPlot& plot) {
  auto* column = new QCPLayoutGrid;
  plot.plotLayout()->addElement(0, 1, column);
  column->addElement(0, 0, plot.legend);  // leaves the inset that it is born in
  column->addElement(1, 0, new QCPLayoutElement(&plot));
  column->setRowStretchFactor(0, 0.001);
  column->setMargins(QMargins(0, 8, 8, 0));
  plot.plotLayout()->setColumnStretchFactor(1, 0.001);
  plot.plotLayout()->setColumnSpacing(0);
  plot.legend->setRowSpacing(0);
  plot.legend->setMargins(QMargins(4, 0, 0, 0));
  plot.legend->setIconSize(26, 12);
  plot.legend->setVisible(true);
}

void fillLegend(QCustomPlot& plot, const CurveSet& set, const std::function<QPen(const Curve&)>& penOf,
                const QColor& quiet, int most) {
  const auto nameOf = [&](const Curve& curve) {
    return set.hasSeveralRuns ? QString("%1 · %2").arg(shortened(curve.runName), shortened(curve.model))
                              : shortened(curve.model);
  };
  // Strong ones first; a model's validation curve stands for its training curve.
  std::vector<const Curve*> shown;
  for (const CurveWeight weight : {CurveWeight::Strong, CurveWeight::Normal})
    for (const bool isTraining : {false, true})
      for (const Curve& curve : set.curves)
        if (curve.weight == weight && curve.isTraining == isTraining) shown.push_back(&curve);
  QStringList named;
  for (const Curve* curve : shown) {
    if (named.contains(nameOf(*curve))) continue;
    named << nameOf(*curve);
    if (named.size() > most) continue;
    const QPen pen = penOf(*curve);
    const bool hasShape = set.hasSeveralRuns && curve->bestEpoch > 0;
    addEntry(plot, named.last(), pen,
             hasShape ? QCPScatterStyle(shapeOf(curve->marker), QPen(pen.color(), 1.2), QBrush(pen.color()), 6)
                      : QCPScatterStyle());
  }
  const auto quietModels = std::ranges::count(set.curves, CurveWeight::Quiet, &Curve::weight);
  const bool hasBest = std::ranges::any_of(set.curves, [](const Curve& c) { return c.bestEpoch > 0; });
  const bool hasStop = std::ranges::any_of(set.curves, [](const Curve& c) { return c.stopEpoch > 0 && !c.isFailed; });
  const bool hasFailure = std::ranges::any_of(set.curves, [](const Curve& c) { return c.stopEpoch > 0 && c.isFailed; });
  const int more = static_cast<int>(named.size()) - most;
  if (more > 0) addEntry(plot, QObject::tr("%1 more").arg(more), Qt::NoPen);
  // Behind a mean lie the models that it is taken over; behind an ROI, the others.
  const bool hasRoi = std::ranges::any_of(shown, [](const Curve* curve) { return curve->roi.has_value(); });
  if (quietModels > 0)
    addEntry(plot, (hasRoi ? QObject::tr("%1 other ROIs") : QObject::tr("%1 single models")).arg(quietModels),
             QPen(quiet, 1));
  if (hasBest && !set.hasSeveralRuns)
    addEntry(plot, QObject::tr("best epoch"), Qt::NoPen, mark(QCPScatterStyle::ssDisc, quiet));
  if (hasBest && set.hasSeveralRuns) addEntry(plot, QObject::tr("marks: best epoch"), Qt::NoPen);
  if (hasStop) addEntry(plot, QObject::tr("stopped early"), Qt::NoPen, mark(QCPScatterStyle::ssSquare, quiet));
  if (hasFailure) addEntry(plot, QObject::tr("failed"), Qt::NoPen, mark(QCPScatterStyle::ssCross, quiet));
}

}  // namespace corticast
