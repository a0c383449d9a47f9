#pragma once
#include <string>

class QWidget;

namespace corticast {

struct BenchOptions {
  std::string name;     ///< "frames", "recolour", "threshold", "pick", "startup"
  std::string dataset;  ///< of startup: opened by the program that is started; empty = none
  bool asJson = false;
};

/// `corticast --bench NAME --json`: measures the view that the workbench shows, at 1280 x 800 pixels, on the full
/// fsaverage template (2 x 163,842 vertices) where it is installed, else on fsaverage5. Every figure is of 15
/// repetitions or more after one that is not counted; kinds of work that are compared alternate; a pixel is read back
/// after each frame, so that drawing has ended. Prints rows {name, milliseconds_min, milliseconds_median, target, ...}.
/// Returns the exit status: 1 when a pick differs from looking at every triangle.
int benchView(const BenchOptions& options);

/// Ends the program as soon as the window's cortex has been drawn (of the study, when one is opened).
void endAtFirstPicture(QWidget& window, const std::string& dataset);

}  // namespace corticast
