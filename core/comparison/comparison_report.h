#pragma once
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/comparison/pair_comparison.h"
#include "core/comparison/plan_differences.h"

/// A comparison of two runs for people and programs.
namespace corticast {

/// The documented object of `compare --json`: runs, options, hemispheres (pictures and vertices in common), ROIs, and
/// what their plans do differently. Undefined numbers are null.
[[nodiscard]] Json comparisonToJson(const RunComparison& comparison, const PairComparison& pair,
                                    const std::vector<PlanDifference>& differences);

/// One line per ROI (RFC 4180), full precision.
[[nodiscard]] std::string comparisonToCsv(const RunComparison& comparison, const PairComparison& pair);

/// A table in aligned columns with what it was measured on above and what the plans do differently below it.
[[nodiscard]] std::string comparisonToText(const RunComparison& comparison, const PairComparison& pair,
                                           const std::vector<PlanDifference>& differences);

}  // namespace corticast
