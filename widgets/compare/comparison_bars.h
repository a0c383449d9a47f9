#pragma once
#include <set>

#include "widgets/compare/comparison_source.h"
#include "widgets/plots/roi_bars.h"

namespace corticast {

/// The comparison's ROIs as bars with intervals; those of `shown` only (name and class; of either hemisphere), all for
/// an empty set. `slotOf` gives a run's slot.
[[nodiscard]] RoiBars barsOf(const Compared& compared, const std::set<RoiKey>& shown,
                             const std::function<size_t(const QString&)>& slotOf);

}  // namespace corticast
