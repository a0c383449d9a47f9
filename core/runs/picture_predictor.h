#pragma once
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/formats/image.h"
#include "core/runs/run_folder.h"

namespace corticast {

struct Study;

/// Applies a finished run's models, of any architecture, to pictures that need not be of its study: embeds the picture
/// as the run's embedding was made, reduces it as the run did, and predicts with the best epochs' weights. For a
/// picture of the study that is what the run itself predicts, to rounding.
///
///     PicturePredictor predictor(run, study, "subj01", progress);
///     auto predicted = predictor.predict(readUprightImage("cat.jpg"), progress);   // per column of each hemisphere
///
/// Computes on the CPU. One thread at a time.
class PicturePredictor {
 public:
  /// Reads models and makes backbones ready, which may take seconds. `study` is the one that the run was trained on,
  /// wherever it lies now; it says where the vertices of each model are, and is not needed afterwards. Throws Error
  /// when the run has no models of the subject yet, the study has other vertices than the run, the embedding is gone or
  /// was made elsewhere, or the weights are missing; Cancelled.
  PicturePredictor(const RunFolder& run, const Study& study, const std::string& subject, ProgressReporter& progress);
  ~PicturePredictor();
  PicturePredictor(PicturePredictor&&) noexcept;
  PicturePredictor& operator=(PicturePredictor&&) noexcept;

  /// [lh, rh]: one value per column of the hemisphere, NaN where no model predicts; empty when the run does not touch
  /// it. Where several models predict a column, the one with the greatest validation r there counts; the folds of a run
  /// over folds are averaged, as for test pictures. Throws Error, Cancelled.
  [[nodiscard]] std::array<std::vector<float>, 2> predict(const Image& picture, ProgressReporter& progress);

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
