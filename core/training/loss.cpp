#include "core/training/loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/smooth_l1_loss.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/training/group_settings.h"
#include "core/training/internal/loss_terms.h"

namespace corticast {
namespace {

constexpr double kLeastNoiseShare = 0.05;
constexpr double kTinyVariance = 1e-12;

at::Tensor countsOf(const LossInput& in) {
  if (in.present.defined()) return in.present.sum(0);
  return at::full({in.prediction.size(1)}, static_cast<double>(in.prediction.size(0)), in.prediction.options());
}

at::Tensor masked(const at::Tensor& values, const LossInput& in) {
  return in.present.defined() ? values * in.present : values;
}

LossTerms meanSquares(const LossInput& in) {
  return {masked(in.prediction - in.target, in).square().sum(0), countsOf(in)};
}

LossTerms smoothL1(const LossInput& in) {
  const at::Tensor each = at::smooth_l1_loss(in.prediction, in.target, at::Reduction::None, in.settings.smoothL1Beta);
  return {masked(each, in).sum(0), countsOf(in)};
}

LossTerms noiseSquares(const LossInput& in) {
  LossTerms terms = meanSquares(in);
  terms.sums = terms.sums * in.weight;
  return terms;
}

// One term per column, 1 - r, for columns whose responses vary.
LossTerms pearson(const LossInput& in) {
  const at::Tensor counts = countsOf(in);
  const at::Tensor atLeastOne = counts.clamp_min(1);
  const at::Tensor p = masked(in.prediction - masked(in.prediction, in).sum(0) / atLeastOne, in);
  const at::Tensor y = masked(in.target - in.target.sum(0) / atLeastOne, in);
  const at::Tensor varianceP = p.square().sum(0) / atLeastOne, varianceY = y.square().sum(0) / atLeastOne;
  const at::Tensor r = (p * y).sum(0) / atLeastOne / (varianceP * varianceY).clamp_min(kTinyVariance).sqrt();
  const at::Tensor defined = counts.gt(1).logical_and(varianceY.gt(kTinyVariance)).to(in.prediction.scalar_type());
  return {(1 - r) * defined, defined};
}

}  // namespace

at::Tensor noiseWeights(const at::Tensor& variance, const at::Tensor& ceiling) {
  const at::Tensor noise = (variance * (1 - ceiling).clamp_min(kLeastNoiseShare)).clamp_min(kTinyVariance);
  const at::Tensor weight = noise.reciprocal();
  return weight / weight.mean();
}

std::span<const Loss> losses() {
  static const std::vector<Loss> all = {
      {"mse", "Mean squared error", "Over pictures and vertices.", false, meanSquares},
      {"pearson", "Correlation", "1 - Pearson r over the pictures of a batch, mean over vertices. Blind to scale.",
       false, pearson},
      {"smooth-l1", "Smooth L1", "Squared near zero, absolute beyond: far responses pull less.", false, smoothL1},
      {"noise-mse", "Noise-normalised squared error",
       "Squared error over the variance of each vertex's noise; needs the study's noise ceiling.", true, noiseSquares},
  };
  return all;
}

const Loss& loss(std::string_view id) {
  const auto all = losses();
  if (const auto found = std::ranges::find(all, id, &Loss::id); found != all.end()) return *found;
  std::vector<std::string> ids;
  for (const Loss& each : all) ids.push_back(each.id);
  throw Error({.what = "choose a loss",
               .where = std::string(id),
               .why = "there is none with this name",
               .remedy = "known ones are " + join(ids, ", ")});
}

}  // namespace corticast
