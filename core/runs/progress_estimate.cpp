#include "core/runs/progress_estimate.h"

#include <algorithm>
#include <numeric>

namespace corticast {
namespace {

constexpr size_t kLately = 10;

// The first epoch touches the responses' pages and allocates, so it counts only while there is no other.
double lately(const std::vector<double>& seconds) {
  if (seconds.empty()) return 0;
  const size_t count = std::clamp(seconds.size() - 1, size_t{1}, kLately);
  return std::accumulate(seconds.end() - static_cast<ptrdiff_t>(count), seconds.end(), 0.0) /
         static_cast<double>(count);
}

}  // namespace

ProgressEstimate estimateProgress(const RunLayout& layout, const std::vector<std::vector<double>>& epochSeconds,
                                  int cohort) {
  ProgressEstimate estimate;
  if (cohort < 0 || static_cast<size_t>(cohort) >= layout.cohorts.size()) return estimate;
  const auto current = static_cast<size_t>(cohort);
  estimate.secondsPerEpoch = lately(epochSeconds[current]);
  double done = 0;
  double all = 0;
  double left = 0;
  const double columnsNow = std::max(1.0, static_cast<double>(layout.cohorts[current].columnCount()));
  for (size_t c = 0; c < layout.cohorts.size(); ++c) {
    const double columns = static_cast<double>(layout.cohorts[c].columnCount());
    const double most = layout.cohorts[c].maxEpochs();
    const double epochs = std::min(most, static_cast<double>(epochSeconds[c].size()));
    all += columns * most;
    if (c < current) done += columns * most;
    if (c == current) done += columns * epochs;
    if (c == current) left += (most - epochs) * estimate.secondsPerEpoch;
    if (c > current) left += most * columns * estimate.secondsPerEpoch / columnsNow;
  }
  if (all > 0) estimate.fraction = done / all;
  if (estimate.secondsPerEpoch > 0) estimate.secondsLeft = left;
  return estimate;
}

}  // namespace corticast
