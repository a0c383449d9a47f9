#pragma once
#include <ATen/core/Tensor.h>

#include "core/training/loss.h"

namespace corticast {

/// Predictions against responses, [pictures x columns] each, of one type.
struct LossInput {
  const GroupSettings& settings;
  at::Tensor prediction;
  at::Tensor target;   ///< 0 where the value is missing
  at::Tensor present;  ///< 1 where there is a value, 0 where it is missing; undefined: nothing is missing
  at::Tensor weight;   ///< [columns], for losses that need the ceiling; else undefined
};

/// The loss is sums.sum() / counts.sum().
struct LossTerms {
  at::Tensor sums;    ///< [columns]
  at::Tensor counts;  ///< [columns], of terms; without gradient
};

/// Weight of a column in "noise-mse": 1 / (variance * (1 - ceiling)), the share of noise taken as at least 0.05, scaled
/// to a mean of 1 over `variance`'s columns. `ceiling` is a fraction of variance.
[[nodiscard]] at::Tensor noiseWeights(const at::Tensor& variance, const at::Tensor& ceiling);

}  // namespace corticast
