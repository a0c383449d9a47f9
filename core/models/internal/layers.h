#pragma once
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

#include "core/models/internal/network.h"

/// Building blocks of networks. Their parameters carry torch's names and shapes, so that weights move between a
/// network here and one in Python by name.
namespace corticast {

/// x W' + b, each row of x [B x inputs] by the head of its subject (0 .. heads-1, as in NetworkBatch): [B x outputs].
/// The rows of `weight` [heads * outputs x inputs] and `bias` are those of head 0, then head 1, ...
[[nodiscard]] at::Tensor linearHeads(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                     const at::Tensor& subjects, int64_t heads);

/// As torch.nn.Linear: `weight` [outputs x inputs], `bias` [outputs]; with several heads, as linearHeads takes them.
class LinearLayer : public torch::nn::Module {
 public:
  LinearLayer(int64_t inputs, int64_t outputs, int64_t heads = 1);
  /// x [B x inputs] -> [B x outputs], each row by the head of its subject; `subjects` as in NetworkBatch.
  [[nodiscard]] at::Tensor forward(const at::Tensor& x, const at::Tensor& subjects = {}) const;

 private:
  int64_t m_heads;
  at::Tensor m_weight, m_bias;
};

/// BatchNorm1d and BatchNorm2d: `weight`, `bias`, buffers `running_mean`, `running_var`, `num_batches_tracked`; epsilon
/// 1e-5, momentum 0.1. The channels are dimension 1 of x.
class BatchNormLayer : public torch::nn::Module {
 public:
  explicit BatchNormLayer(int64_t channels);
  [[nodiscard]] at::Tensor forward(const at::Tensor& x);

 private:
  at::Tensor m_weight, m_bias, m_mean, m_variance, m_batches;
};

}  // namespace corticast
