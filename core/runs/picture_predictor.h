#pragma once
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/formats/image.h"
#include "core/runs/run_folder.h"

namespace corticast {

/// Applies a finished run's models to pictures that need not be of its study: embeds the picture as the run's embedding
/// was made, reduces it as the run did, and predicts with the best epochs' weights.
///
///     PicturePredictor predictor(run, "subj01");
///     auto predicted = predictor.predict(readUprightImage("cat.jpg"));   // per column of each hemisphere
class PicturePredictor {
 public:
  /// Reads models and makes backbones ready, which may take seconds. Throws Error when the run has no models yet, its
  /// embedding is gone or was made elsewhere, or the weights are missing.
  PicturePredictor(const RunFolder& run, const std::string& subject);
  ~PicturePredictor();
  PicturePredictor(PicturePredictor&&) noexcept;
  PicturePredictor& operator=(PicturePredictor&&) noexcept;

  /// [lh, rh]: one value per column of the hemisphere, NaN where no model predicts; empty when the run does not touch
  /// it. Where several models predict a column, the one with the greatest validation r there counts.
  [[nodiscard]] std::array<std::vector<float>, 2> predict(const Image& picture);

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
