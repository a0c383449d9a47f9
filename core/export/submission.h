#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/progress.h"
#include "core/evaluation/summary.h"
#include "core/runs/run_folder.h"

namespace corticast {

struct Study;

/// Who predicts a vertex that several models predict.
enum class SubmissionRule {
  Best,     ///< the model with the greatest validation r
  Average,  ///< all whose validation r is positive, weighted by it; where none is, the best
};
/// Reads "best" or "average". Throws Error.
[[nodiscard]] SubmissionRule submissionRuleFrom(const std::string& text);

/// Vertices that a person gives to one run; empty fields mean all. Where the run predicts nothing, the rule decides.
struct SubmissionAssignment {
  std::string run;         ///< id
  std::string subject;     ///< "subj01"
  std::string hemisphere;  ///< "lh"
  std::string roi;         ///< "OFA"
};
/// From "subj01/lh/OFA", any of the three; an empty text means everything.
[[nodiscard]] SubmissionAssignment submissionAssignment(const std::string& run, const std::string& scope);

struct SubmissionOptions {
  SubmissionRule rule = SubmissionRule::Best;
  std::vector<SubmissionAssignment> assignments = {};  ///< a later one wins
};

/// One model of a run as a source of a submission: which columns it predicts, and how well on the validation images.
struct SubmissionSource {
  RunFolder run;
  std::string group;  ///< RunGroup::targetId()
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  std::string test, validation;    ///< its predictions of the subject in predictions.h5
  size_t firstColumn = 0;          ///< of this hemisphere in them
  std::vector<uint32_t> columns;   ///< into the hemisphere's challenge space
  std::vector<float> correlation;  ///< validation r per column; NaN where undefined
};

/// What one source contributes to a hemisphere.
struct SubmissionShare {
  size_t source = 0;          ///< index into the plan's sources
  std::vector<float> weight;  ///< per column of the source, 0..1; over all shares they add up to 1 where one is above 0
};

/// Who predicts which vertex of one hemisphere.
struct SubmissionPart {
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  size_t testImages = 0;
  std::vector<int32_t> choice;  ///< per column: the source of the greatest weight, -1 = nobody (predicted as 0)
  std::vector<SubmissionShare> shares;
  /// Validation r per column: the chosen model's, or of an average as measureAverages found it; NaN where nobody
  /// predicts or it is undefined.
  std::vector<float> correlation;
  std::map<std::string, size_t> columnsOfRun;  ///< run id -> columns whose choice it is
  size_t measuredImages = 0;                   ///< of measureAverages; 0: not measured
  std::optional<double> meanCorrelation;       ///< over the covered columns where it is defined
  std::optional<double> medianCorrelation;
  /// What the challenge would give, were the test images as the validation images: absent without a noise ceiling.
  std::optional<ChallengeScore> score;

  [[nodiscard]] size_t covered() const;
};

/// A challenge submission put together from runs. Vertices that nobody covers are predicted as 0, the mean of the
/// z-scored responses, which scores 0.
struct SubmissionPlan {
  SubmissionOptions options;
  std::vector<std::string> runs;  ///< ids, in the order given
  std::vector<SubmissionSource> sources;
  std::vector<SubmissionPart> parts;  ///< every subject of the study, lh then rh

  /// Estimated challenge score over all vertices of all parts (a part without ceiling makes it absent), official
  /// script.
  [[nodiscard]] std::optional<double> score() const;
};

/// Decides who predicts what. Throws Error when a run is not done, is of another study's shape, no run is given, or an
/// assignment names a run, subject or ROI that is not there.
[[nodiscard]] SubmissionPlan planSubmission(const Study& study, const std::vector<RunFolder>& runs,
                                            const SubmissionOptions& options = {});

/// Correlates averages with the responses to the pictures that all contributing models of a hemisphere validated on,
/// a few pictures at a time, and fills the parts' correlation and score with it; parts with fewer than 20 such pictures
/// keep the greatest r among the averaged. Nothing to do for SubmissionRule::Best. Throws Cancelled.
void measureAverages(SubmissionPlan& plan, const Study& study, ProgressReporter& progress);

/// Writes `subjNN/{lh,rh}_pred_test.npy` (float32 [test images x vertices], rows in name order) into a zip, in one
/// step. Holds one hemisphere's predictions and a few rows of each source at a time.
void writeSubmission(const std::filesystem::path& zip, const SubmissionPlan& plan, const Study& study,
                     ProgressReporter& progress);

/// Writes what the plan looks like on fsaverage into the folder `out`, as GIFTI and .npy with one value for each of
/// fsaverage's 163,842 vertices and NaN outside the challenge space: `<subject>-<lh|rh>-source` (number of the run
/// whose model has the greatest weight, from 1 in the order of plan.runs; 0: nobody) and `-correlation`; and `runs.csv`
/// with number, run and name. Returns the files.
std::vector<std::filesystem::path> writeSubmissionMaps(const std::filesystem::path& out, const SubmissionPlan& plan,
                                                       const Study& study);

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
