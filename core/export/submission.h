#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/progress.h"
#include "core/runs/run_folder.h"

namespace corticast {

struct Study;

/// One model of a run as a source of a submission: which columns it predicts, and how well on the validation images.
struct SubmissionSource {
  RunFolder run;
  std::string group;
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  size_t firstColumn = 0;          ///< of this hemisphere in the group's predictions
  std::vector<uint32_t> columns;   ///< into the hemisphere's challenge space
  std::vector<float> correlation;  ///< validation r per column; NaN where undefined
};

/// Who predicts which vertex of one hemisphere.
struct SubmissionPart {
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  size_t testImages = 0;
  std::vector<int32_t> choice;                 ///< per column: index into the sources, -1 = nobody (predicted as 0)
  std::map<std::string, size_t> columnsOfRun;  ///< run id -> columns taken from it
  std::optional<double> meanCorrelation;       ///< validation r of the chosen, over the covered columns

  [[nodiscard]] size_t covered() const;
};

/// A challenge submission put together from runs: per vertex the model with the best validation correlation that covers
/// it. Vertices that nobody covers are predicted as 0, the mean of the z-scored responses, which scores 0.
struct SubmissionPlan {
  std::vector<SubmissionSource> sources;
  std::vector<SubmissionPart> parts;  ///< every subject of the study, lh then rh
};

/// Decides who predicts what. Throws Error when a run is not done, is of another study's shape, or no run is given.
[[nodiscard]] SubmissionPlan planSubmission(const Study& study, const std::vector<RunFolder>& runs);

/// Writes `subjNN/{lh,rh}_pred_test.npy` (float32 [test images x vertices], rows in name order) into a zip, in one
/// step.
void writeSubmission(const std::filesystem::path& zip, const SubmissionPlan& plan, ProgressReporter& progress);

/// One line of the check list.
struct SubmissionCheck {
  enum class Verdict { Good, Warning, Bad };
  Verdict verdict = Verdict::Good;
  std::string what;    ///< "subj01/lh_pred_test.npy: shape"
  std::string detail;  ///< "159 x 19004, as the study needs"
};

/// "subj01/lh_pred_test.npy"
[[nodiscard]] std::string submissionEntry(const std::string& subject, Hemisphere hemisphere);

/// Reads a submission as the organisers would: the files' names, shapes, type, values that are not finite, vertices
/// with one value for all images, and subjects of the study that are missing. Throws Error when it is no zip.
[[nodiscard]] std::vector<SubmissionCheck> checkSubmission(const std::filesystem::path& zip, const Study& study);

}  // namespace corticast
