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
      return QCPScatterStyle::ssDisc;
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
  return QCPScatterStyle::ssDisc;
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
  QStringList named;
  int quietModels = 0;
  bool hasBest = false, hasStop = false, hasFailure = false;
  // Strong curves are last in the set and first here.
  for (auto curve = set.curves.rbegin(); curve != set.curves.rend(); ++curve) {
    hasBest |= curve->bestEpoch > 0;
    hasStop |= curve->stopEpoch > 0 && !curve->isFailed;
    hasFailure |= curve->isFailed && curve->stopEpoch > 0;
    if (curve->weight == CurveWeight::Quiet) {
      ++quietModels;
      continue;
    }
    const QString name = set.hasSeveralRuns ? QString("%1 · %2").arg(shortened(curve->runName), shortened(curve->model))
                                            : shortened(curve->model);
    if (named.contains(name)) continue;  // its training curve
    named << name;
    if (named.size() <= most) {
      QPen pen = penOf(*curve);
      const auto shape = set.hasSeveralRuns && curve->bestEpoch > 0
                             ? QCPScatterStyle(shapeOf(curve->marker), QPen(pen.color(), 1.2), QBrush(pen.color()), 6)
                             : QCPScatterStyle();
      addEntry(plot, name, pen, shape);
    }
  }
  const int more = static_cast<int>(named.size()) - most;
  if (more > 0) addEntry(plot, QObject::tr("%1 more").arg(more), Qt::NoPen);
  if (quietModels > 0)
    addEntry(plot,
             more > 0 || !named.isEmpty() ? QObject::tr("%1 other ROIs").arg(quietModels)
                                          : QObject::tr("%1 ROIs").arg(quietModels),
             QPen(quiet, 1));
  if (hasBest && !set.hasSeveralRuns)
    addEntry(plot, QObject::tr("best epoch"), Qt::NoPen, mark(QCPScatterStyle::ssDisc, quiet));
  if (hasBest && set.hasSeveralRuns) addEntry(plot, QObject::tr("marks: best epoch"), Qt::NoPen);
  if (hasStop) addEntry(plot, QObject::tr("stopped early"), Qt::NoPen, mark(QCPScatterStyle::ssSquare, quiet));
  if (hasFailure) addEntry(plot, QObject::tr("failed"), Qt::NoPen, mark(QCPScatterStyle::ssCross, quiet));
}

}  // namespace corticast
