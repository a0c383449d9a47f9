#pragma once
#include <QColor>
#include <QIcon>
#include <QList>
#include <QPen>
#include <cstddef>

namespace corticast {

/// Shape of a run's marks, so that runs can be told apart without colour.
enum class RunMarker { Disc, Square, Diamond, TriangleUp, Star, Cross };

/// How one run is drawn in every plot: one colour, one line pattern, one mark.
struct RunStyle {
  QColor colour;
  QList<qreal> dashes;  ///< in line widths, as QPen::setDashPattern; empty: solid
  RunMarker marker = RunMarker::Disc;

  [[nodiscard]] QPen pen(double lineWidth) const;
};

/// The style of the run with this slot (WorkbenchState::runSlot). Colours: Okabe and Ito (2008), which stay apart for
/// all common forms of colour blindness, without the black and the yellow that one of our grounds would swallow; after
/// six runs the colours come again with another line pattern.
[[nodiscard]] RunStyle runStyle(size_t slot);

/// A short piece of the run's line with its mark, for tables and legends.
[[nodiscard]] QIcon runSwatch(size_t slot);

}  // namespace corticast
