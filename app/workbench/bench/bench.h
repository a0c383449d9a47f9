#pragma once
#include <string>

class QWidget;

namespace corticast {

struct BenchOptions {
  std::string name;     ///< "frames", "recolour", "threshold", "pick", "startup", "export", "live", "pictures"
  std::string dataset;  ///< of startup (empty = none) and live: the study that is opened
  bool asJson = false;
};

/// `corticast --bench NAME --json`: measures the view that the workbench shows, at 1280 x 800 pixels, on the full
/// fsaverage template (2 x 163,842 vertices) where it is installed, else on fsaverage5. Every figure is of 15
/// repetitions or more after one that is not counted; kinds of work that are compared alternate; a pixel is read back
/// after each frame, so that drawing has ended. Prints rows {name, milliseconds_min, milliseconds_median, target, ...};
/// startup adds the window's memory in bytes; live, which trains the first preset on the study in a workspace of its
/// own for half a minute at most, how long the window did not attend to events; pictures, how the stimulus browser
/// scrolls 10,000 pictures of 425 x 425 pixels. Returns the exit status: 1 when a pick differs from looking at every
/// triangle.
int bench(const BenchOptions& options);

/// Ends the program as soon as the window's cortex has been drawn (of the study, when one is opened).
void endAtFirstPicture(QWidget& window, const std::string& dataset);

}  // namespace corticast
