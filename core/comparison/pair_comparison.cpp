#include "core/comparison/pair_comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/error.h"

namespace corticast {
namespace {

RoiVerdict verdictOf(double q, double difference, double alpha) {
  if (!(q < alpha) || difference == 0) return RoiVerdict::Undecided;
  return difference > 0 ? RoiVerdict::Won : RoiVerdict::Lost;
}

void count(RoiVerdict verdict, size_t& won, size_t& lost) {
  won += verdict == RoiVerdict::Won ? 1 : 0;
  lost += verdict == RoiVerdict::Lost ? 1 : 0;
}

std::vector<VertexDifference> vertexDifferences(const RunComparison& comparison, const PairOptions& options) {
  const size_t pair = pairIndex(std::min(options.first, options.second), std::max(options.first, options.second),
                                comparison.runs.size());
  std::vector<double> p;
  for (const HemisphereComparison& each : comparison.hemispheres)
    p.insert(p.end(), each.p[pair].begin(), each.p[pair].end());
  const std::vector<double> q = qValues(p, options.fdr);
  std::vector<VertexDifference> differences;
  auto next = q.begin();
  for (const HemisphereComparison& each : comparison.hemispheres) {
    VertexDifference& result = differences.emplace_back();
    const auto vertices = static_cast<std::ptrdiff_t>(each.columns.size());
    result.q.assign(next, next + vertices);
    next += vertices;
    for (size_t i = 0; i < each.columns.size(); ++i) {
      result.difference.push_back(each.r[options.first][i] - each.r[options.second][i]);
      count(verdictOf(result.q[i], result.difference[i], options.alpha), result.won, result.lost);
    }
  }
  return differences;
}

Estimate estimateOf(const ResampledValue& value, double level) {
  return {value.value, percentileInterval(value.resampled, level)};
}

/// Of the same pictures in each resample, so that what both runs find hard does not widen the interval.
ResampledValue difference(const ResampledValue& first, const ResampledValue& second) {
  ResampledValue result;
  if (first.value && second.value) result.value = *first.value - *second.value;
  result.resampled.assign(first.resampled.size(), std::numeric_limits<double>::quiet_NaN());
  std::ranges::transform(first.resampled, second.resampled, result.resampled.begin(), std::minus<>());
  return result;
}

/// Counts the ROI's vertices among the significant ones of its hemisphere.
void countVertices(const RunComparison& comparison, const std::vector<VertexDifference>& hemispheres,
                   const PairOptions& options, RoiDifference& result) {
  const RoiComparison& roi = comparison.rois[result.roi];
  for (size_t h = 0; h < hemispheres.size(); ++h) {
    const HemisphereComparison& whole = comparison.hemispheres[h];
    if (whole.subject != roi.subject || whole.hemisphere != roi.hemisphere) continue;
    for (const uint32_t column : roi.columns) {
      const auto i = static_cast<size_t>(std::ranges::lower_bound(whole.columns, column) - whole.columns.begin());
      count(verdictOf(hemispheres[h].q[i], hemispheres[h].difference[i], options.alpha), result.verticesWon,
            result.verticesLost);
    }
  }
}

}  // namespace

CorrelationStatistic correlationStatisticFrom(const std::string& text) {
  if (text == "mean") return CorrelationStatistic::Mean;
  if (text == "median") return CorrelationStatistic::Median;
  throw Error({.what = "choose what stands for an ROI",
               .where = text,
               .why = "there is no such statistic",
               .remedy = "use mean or median"});
}

std::string toString(RoiVerdict verdict) {
  constexpr std::array kNames{"won", "lost", "undecided"};
  return kNames[static_cast<size_t>(verdict)];
}

size_t PairComparison::count(RoiVerdict verdict) const {
  return static_cast<size_t>(std::ranges::count(rois, verdict, &RoiDifference::verdict));
}

PairComparison comparePair(const RunComparison& comparison, const PairOptions& options) {
  if (options.first == options.second || std::max(options.first, options.second) >= comparison.runs.size())
    throw Error({.what = "compare two runs",
                 .where = std::to_string(options.first) + " and " + std::to_string(options.second),
                 .why = "these are not two of the " + std::to_string(comparison.runs.size()) + " runs",
                 .remedy = "choose two different runs"});
  PairComparison pair{.options = options, .rois = {}, .hemispheres = vertexDifferences(comparison, options)};
  std::vector<double> p;
  for (size_t i = 0; i < comparison.rois.size(); ++i) {
    const RoiComparison& roi = comparison.rois[i];
    const auto& values = options.statistic == CorrelationStatistic::Mean ? roi.mean : roi.median;
    const ResampledValue both = difference(values[options.first], values[options.second]);
    RoiDifference& result = pair.rois.emplace_back();
    result.roi = i;
    result.first = estimateOf(values[options.first], options.level);
    result.second = estimateOf(values[options.second], options.level);
    result.difference = estimateOf(both, options.level);
    result.p = bootstrapP(both.resampled);
    p.push_back(result.p);
    countVertices(comparison, pair.hemispheres, options, result);
  }
  const std::vector<double> q = qValues(p, options.fdr);
  for (size_t i = 0; i < pair.rois.size(); ++i) {
    pair.rois[i].q = q[i];
    pair.rois[i].verdict = verdictOf(q[i], pair.rois[i].difference.value.value_or(0), options.alpha);
  }
  return pair;
}

}  // namespace corticast
