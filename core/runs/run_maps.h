#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/runs/run_snapshot.h"

namespace corticast {

/// Correlation per column during and after training, so that the cortex can be rewound.
///
/// A map has one value per column of the hemisphere, NaN where the run predicts nothing (or r is undefined). Where
/// several groups predict a column (overlapping ROIs) the greatest value stands, unless one group is named. Folds of a
/// target stand with their mean; once the run is done, bestCorrelation has the correlation over all folds' pictures.
class RunMaps {
 public:
  RunMaps(RunFolder folder, RunLayout layout);

  /// Of epoch `epoch` (1-based); cohorts that ended earlier stand with their last epoch, later ones with NaN.
  /// `group` empty: all groups; else a group's id or a targetId(). Empty vector when the run has no such hemisphere.
  /// Throws Error when an epoch's file is damaged or a group is unknown.
  [[nodiscard]] std::vector<float> correlation(const std::string& subject, Hemisphere hemisphere, int epoch,
                                               const std::string& group = {}) const;
  /// Of each group's best epoch so far, as the run's snapshot says; after a run is done this is what scores.h5 holds.
  /// NaN for groups before their first epoch.
  [[nodiscard]] std::vector<float> bestCorrelation(const std::string& subject, Hemisphere hemisphere,
                                                   const RunSnapshot& snapshot, const std::string& group = {}) const;
  /// The last epoch whose files are there, over all cohorts; 0 before the first.
  [[nodiscard]] int lastEpoch() const;

  [[nodiscard]] const RunLayout& layout() const { return m_layout; }

 private:
  using EpochOf = std::function<int(size_t cohort, size_t group)>;
  /// A target's values [its columns], by the groups that predict it; empty where there is none.
  using ValuesOf = std::function<std::vector<float>(const std::vector<std::pair<size_t, size_t>>& groups)>;
  [[nodiscard]] std::vector<float> assemble(const std::string& subject, Hemisphere hemisphere, const std::string& group,
                                            const ValuesOf& valuesOf) const;
  [[nodiscard]] ValuesOf meanOver(const EpochOf& epochOf) const;
  [[nodiscard]] std::vector<float> readEpoch(size_t cohort, int epoch) const;
  [[nodiscard]] int lastEpochOf(const RunCohort& cohort) const;

  RunFolder m_folder;
  RunLayout m_layout;
};

}  // namespace corticast
