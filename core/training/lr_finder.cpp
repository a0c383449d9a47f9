#include "core/training/lr_finder.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/training/internal/epoch_order.h"
#include "core/training/internal/network_group.h"
#include "core/training/internal/torch_scope.h"
#include "core/training/position_check.h"

namespace corticast {
namespace {

constexpr double kMemory = 0.9;   // of the smoothed loss, per minibatch
constexpr size_t kSlopeSpan = 4;  // minibatches on each side over which a slope is taken

void requireSense(const LrSearch& search) {
  if (search.lowest > 0 && search.lowest < search.highest && search.steps >= 10 && search.blowUp > 1) return;
  throw Error({.what = "search a learning rate",
               .where = "range of the search",
               .why = "it has to rise from above 0 in at least 10 steps, and to end at a loss above its least",
               .remedy = "take the defaults, or lowest < highest, steps >= 10, blowUp > 1"});
}

double suggestionOf(const std::vector<LrPoint>& points) {
  if (points.size() < 2 * kSlopeSpan + 1) return 0;
  const auto least = std::ranges::min_element(points, {}, &LrPoint::smoothed);
  const auto last = std::min<size_t>(static_cast<size_t>(least - points.begin()), points.size() - 1 - kSlopeSpan);
  double steepest = 0, suggestion = 0;
  for (size_t i = kSlopeSpan; i <= last; ++i) {
    const LrPoint &before = points[i - kSlopeSpan], &after = points[i + kSlopeSpan];
    const double slope =
        (after.smoothed - before.smoothed) / (std::log10(after.learningRate) - std::log10(before.learningRate));
    if (slope >= steepest) continue;
    steepest = slope;
    suggestion = points[i].learningRate;
  }
  return suggestion;
}

}  // namespace

LrCurve findLearningRate(CohortData data, const TargetGroup& group, const TrainerOptions& options,
                         const LrSearch& search, std::stop_token stop) {
  requireSense(search);
  if (trainerKindOf(group.settings) == TrainerKind::ClosedForm)
    throw Error({.what = "search a learning rate",
                 .where = group.id,
                 .why = "it is solved in closed form, which has none",
                 .remedy = "choose a solver that takes steps, such as adamw"});
  return onDevice(options.device, "search a learning rate", [&] {
    const TorchThreads guard(static_cast<int>(options.threads == 0 ? availableThreads() : options.threads));
    NetworkGroup::Parts parts{.group = group,
                              .source = data.sources.at(0),
                              .positions = data.positions.empty() ? VertexPositions() : data.positions.front(),
                              .ceiling = data.ceilings.empty() ? std::vector<float>() : data.ceilings.front(),
                              .cacheBytes = options.responseCacheBytes};
    if (PositionCheckTrainer::isMeant(group.settings)) {
      PositionQuestion question = askedForPositions(std::move(parts.group), data, std::move(parts.positions));
      parts.group = std::move(question.group);
      parts.source = std::move(question.source);
      parts.positions = std::move(question.positions);
    }
    const NetworkImages images(std::move(data), c10::Device(options.device.id()));
    NetworkGroup model(images, std::move(parts), options);
    const std::vector<uint32_t>& train = images.data().split.train;
    const size_t batch = static_cast<size_t>(group.settings.batchSize), perEpoch = model.steps();
    LrCurve curve;
    std::vector<uint32_t> order;
    double mean = 0, least = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < static_cast<size_t>(search.steps); ++i) {
      if (stop.stop_requested()) throw Cancelled();
      if (i % perEpoch == 0) order = epochOrder(options, static_cast<int>(i / perEpoch) + 1, train.size());
      std::vector<uint32_t> rows;
      const size_t first = i % perEpoch * batch;
      for (size_t r = first; r < std::min(train.size(), first + batch); ++r) rows.push_back(train[order[r]]);
      LrPoint point{.learningRate = search.lowest * std::pow(search.highest / search.lowest,
                                                             static_cast<double>(i) / (search.steps - 1))};
      point.loss = model.step(rows, point.learningRate).item<double>();
      mean = kMemory * mean + (1 - kMemory) * point.loss;
      point.smoothed = mean / (1 - std::pow(kMemory, static_cast<double>(i) + 1));
      if (!std::isfinite(point.smoothed)) break;
      curve.points.push_back(point);
      least = std::min(least, point.smoothed);
      if (point.smoothed > search.blowUp * least) break;
    }
    curve.suggestion = suggestionOf(curve.points);
    return curve;
  });
}

}  // namespace corticast
