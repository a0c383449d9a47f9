#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/comparison/run_comparison.h"
#include "core/evaluation/false_discovery.h"

namespace corticast {

enum class CorrelationStatistic { Mean, Median };
/// Reads "mean" or "median". Throws Error.
[[nodiscard]] CorrelationStatistic correlationStatisticFrom(const std::string& text);

struct PairOptions {
  size_t first = 0;  ///< index in RunComparison::runs; a difference is first minus second
  size_t second = 1;
  CorrelationStatistic statistic = CorrelationStatistic::Mean;
  double level = 0.95;  ///< of the intervals, 0..1
  double alpha = 0.05;  ///< share of false discoveries that is accepted
  FdrMethod fdr = FdrMethod::BenjaminiHochberg;
};

enum class RoiVerdict { Won, Lost, Undecided };
[[nodiscard]] std::string toString(RoiVerdict verdict);  ///< "won", "lost", "undecided"

/// A number with the interval that the bootstrap over pictures gives it.
struct Estimate {
  std::optional<double> value;
  std::optional<Interval> interval;
};

/// How two runs compare in one ROI.
struct RoiDifference {
  size_t roi = 0;  ///< index in RunComparison::rois
  Estimate first, second, difference;
  double p = 1;             ///< bootstrapP of the difference; NaN where undefined
  double q = 1;             ///< over all ROIs of the comparison
  size_t verticesWon = 0;   ///< vertices of the ROI where the first run is better with q < alpha (per-vertex test)
  size_t verticesLost = 0;  ///< and the second
  RoiVerdict verdict = RoiVerdict::Undecided;  ///< won or lost where q < alpha
};

/// How two runs compare at the vertices of one hemisphere, as HemisphereComparison::columns.
struct VertexDifference {
  std::vector<float> difference;  ///< r of the first less r of the second
  std::vector<double> q;          ///< over all vertices of all hemispheres of the comparison; NaN where undefined
  size_t won = 0;                 ///< vertices with q < alpha and a positive difference
  size_t lost = 0;
};

struct PairComparison {
  PairOptions options;
  std::vector<RoiDifference> rois;
  std::vector<VertexDifference> hemispheres;  ///< as RunComparison::hemispheres

  [[nodiscard]] size_t count(RoiVerdict verdict) const;
};

/// Picks two runs out of a comparison; cheap beside it. Throws Error when a run's index is wrong or both are one.
[[nodiscard]] PairComparison comparePair(const RunComparison& comparison, const PairOptions& options);

}  // namespace corticast
