#pragma once
#include <optional>
#include <vector>

#include "core/runs/run_layout.h"

namespace corticast {

struct ProgressEstimate {
  double fraction = 0;         ///< 0..1 of columns x epochs, every cohort counted to its last possible epoch
  double secondsPerEpoch = 0;  ///< mean of the current cohort's last epochs; 0 before the first
  std::optional<double> secondsLeft;
};

/// How far a run is and how long it will take at most, by the pace so far. `epochSeconds` [cohort][epoch]: how long
/// each epoch took; `cohort` is the current one, those before it are through. A cohort that has not begun counts with
/// the pace per column of those before it.
[[nodiscard]] ProgressEstimate estimateProgress(const RunLayout& layout,
                                                const std::vector<std::vector<double>>& epochSeconds, int cohort);

}  // namespace corticast
