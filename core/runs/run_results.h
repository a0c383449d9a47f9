#pragma once
#include <stop_token>
#include <vector>

#include "core/runs/run_folder.h"
#include "core/runs/run_job.h"

namespace corticast {

/// What a trained run leaves: models/<cohort>.safetensors, predictions.h5 and scores.h5. While cohorts are still
/// trained, the finished ones wait in results/<cohort>.h5.
///
///     predictions.h5   /validation/<group>, /test/<group>        [images x columns] float32
///                      /images/<subject>/validation, .../test     file names in row order
///     scores.h5        /correlation/<group>, /r2/<group>          [columns] float32, attribute best_epoch
///
/// Correlation and R2 are those of the predictions for the validation images (evaluation/correlation.h). A group that
/// never finished an epoch (`bestEpochs` 0) has nothing to predict with and is left out.

/// Weights of the best epochs: `<group>/weight` [targets x features], `<group>/bias`, and the reduction.
void writeCohortModels(const RunFolder& folder, const RunCohort& cohort, CohortJob& job,
                       const std::vector<int>& bestEpochs);

/// Predicts and scores a cohort into results/. Throws Cancelled between groups.
void writeCohortResults(const RunFolder& folder, const RunCohort& cohort, CohortJob& job,
                        const std::vector<int>& bestEpochs, const std::stop_token& stop);

struct RunSummary {
  size_t trainedGroups = 0;
  double meanCorrelation = 0;  ///< over all columns where it is defined; NaN if nowhere
};
/// Puts results/ together into predictions.h5 and scores.h5, each in one step.
RunSummary mergeResults(const RunFolder& folder, const RunLayout& layout);
/// Removes results/: only once the run counts as done, since a worker killed before that merges again.
void removeResults(const RunFolder& folder);

/// Removes results of all but the first `count` cohorts, and finished files of a run that goes on.
void discardResultsExcept(const RunFolder& folder, const std::vector<RunCohort>& cohorts, size_t count);

}  // namespace corticast
