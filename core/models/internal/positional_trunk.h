#pragma once
#include <memory>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include "core/models/internal/positional_config.h"

namespace corticast {

/// Embedding -> area vector, once per picture.
class Trunk : public torch::nn::Module {
 public:
  /// images [B x ...imageShape] -> [B x area values].
  [[nodiscard]] virtual at::Tensor forward(const at::Tensor& images) = 0;
};

/// Null for "identity". Modules: `linear`; for "conv2d" also `conv<i>`, `norm<i>`.
[[nodiscard]] std::shared_ptr<Trunk> makeTrunk(const NetworkInput& input, const PositionalConfig& config);
[[nodiscard]] ModelCost trunkCost(const NetworkInput& input, const PositionalConfig& config);

}  // namespace corticast
