#pragma once
#include "widgets/plots/custom_plot.h"

#include "widgets/plots/curve_set.h"

namespace corticast {

/// Puts the plot's legend into a column of its own right of the axes, where it covers nothing.
void placeLegendBeside(QCustomPlot& plot);

/// One entry for each strong or normal model (at most `most`, then how many more), one for all quiet ones, and what
/// the marks mean. `penOf` gives the pen that a curve is drawn with. Entries are graphs without data.
void fillLegend(QCustomPlot& plot, const CurveSet& set, const std::function<QPen(const Curve&)>& penOf,
                const QColor& quiet, int most = 9);

[[nodiscard]] QCPScatterStyle::ScatterShape shapeOf(RunMarker marker);

}  // namespace corticast
