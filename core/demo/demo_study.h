#pragma once
#include <cstdint>
#include <filesystem>

#include "core/base/progress.h"
#include "core/surface/levels.h"

namespace corticast {

/// A study that is made, not measured: drawn pictures and planted responses, in the layout of Algonauts 2023.
struct DemoOptions {
  SurfaceLevel level = SurfaceLevel::Fsaverage5;  ///< or Fsaverage
  int subjects = 1;                               ///< 1..8
  int images = 1000;                              ///< training pictures per subject, 20..9841
  int testImages = 100;                           ///< 2..500 (images + testImages up to 10,000)
  uint64_t seed = 1;
  unsigned threads = 0;  ///< 0 = all there are; the files do not depend on it
};

/// Writes the study into `folder`. Everything follows from the options: the same options give the same bytes.
///
/// For image i and vertex v:  response(i, v) = drive(i, v) + sqrt(1 - ceiling(v)^2) * noise(i, v),
/// drive(i, v) = sum over features f of z(i, f) * weights(f, v), with variance ceiling(v)^2 over the training pictures.
/// z are the drive features (contrast energy and colour measured on the picture by a Gabor pyramid, and the content of
/// its scene), standardised by the training pictures' means and deviations. noise has variance 1, is independent
/// between images and smooth along the cortex. So responses have mean 0 and variance 1 up to sampling, as published
/// z-scores nearly have; no model's correlation with them exceeds ceiling(v) but by chance; and least squares on the p
/// drive features of n pictures is expected to reach c / sqrt(c + (1 - c) p / (n - p - 1)) with c = ceiling^2.
///
/// `truth/README.txt`, written too, lists what `truth/` holds. The files that only organisers have are there: test
/// responses and noise ceiling (c, a fraction of variance).
///
/// The study appears in one step; a cancelled or failed one leaves nothing. A folder that holds this very study already
/// is left as it is; an empty one is filled. Throws Error for any other existing folder, for options out of range, and
/// when the template is not there; Cancelled.
void makeDemoStudy(const std::filesystem::path& folder, const DemoOptions& options, ProgressReporter& progress);

}  // namespace corticast
