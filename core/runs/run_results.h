#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "core/runs/run_folder.h"
#include "core/runs/run_job.h"

namespace corticast {

/// What a trained run leaves: models/<cohort>.safetensors, predictions.h5 and scores.h5. While cohorts are still
/// trained, the finished ones wait in results/<cohort>.h5.
///
///     predictions.h5   /validation/<target>, /test/<target>      [images x columns] float32
///                      .../<target>/<subject>                     the same per subject where subjects share a model
///                      /images/<subject>/validation, .../test     file names in row order
///     scores.h5        /correlation/<target>, /r2/<target>        [columns] float32, attribute best_epoch
///                      /folds/<target>                            [folds x columns] float32, of a run over folds
///
/// <target> is RunGroup::targetId(), columns are those of its parts, one after another. Correlation and R2 are those of
/// the predictions for the validation images (evaluation/correlation.h), of each subject by its own images. A group
/// that never finished an epoch (`bestEpochs` 0) has nothing to predict with and is left out.
///
/// A run over folds predicts every training image with the fold that did not train on it: the rows of /validation are
/// all training images by name, correlation and R2 are over all of them at once, /test is the mean of the folds'
/// predictions, best_epoch the folds' mean, and /folds has each fold's own correlation.

/// "/validation/subj01-lh-OFA", or ".../cross-lh-OFA/subj01" for a model of several subjects.
[[nodiscard]] std::string predictionName(const std::string& split, const RunGroup& group, const std::string& subject);
/// "/images/subj01/validation"
[[nodiscard]] std::string imagesName(const std::string& subject, const std::string& split);

/// Weights of the best epochs: `<group's id>/weight` [targets x features], `<group>/bias`, and the reduction.
void writeCohortModels(const RunFolder& folder, const RunCohort& cohort, CohortJob& job,
                       const std::vector<int>& bestEpochs);

/// Predicts and scores a cohort into results/. Throws Cancelled between groups.
void writeCohortResults(const RunFolder& folder, const RunCohort& cohort, CohortJob& job,
                        const std::vector<int>& bestEpochs, const std::stop_token& stop);

struct RunSummary {
  size_t trainedGroups = 0;
  double meanCorrelation = 0;  ///< over all columns where it is defined; NaN if nowhere
  /// Targets without results although some of their folds have some.
  std::vector<std::string> withoutAllFolds = {};
};
/// Puts results/ together into predictions.h5 and scores.h5, each in one step. Throws Cancelled.
RunSummary mergeResults(const RunFolder& folder, const RunLayout& layout, const std::stop_token& stop = {});
/// Removes results/: only once the run counts as done, since a worker killed before that merges again.
void removeResults(const RunFolder& folder);

/// Removes results of all but the first `count` cohorts, and finished files of a run that goes on.
void discardResultsExcept(const RunFolder& folder, const std::vector<RunCohort>& cohorts, size_t count);

}  // namespace corticast
