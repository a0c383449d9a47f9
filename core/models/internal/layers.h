#pragma once
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <string>

#include "core/models/internal/network.h"

/// Building blocks of networks. Their parameters carry torch's names and shapes, so that weights move between a
/// network here and one in Python by name.
namespace corticast {

/// As torch.nn.Linear: `weight` [outputs x inputs], `bias` [outputs].
class LinearLayer : public torch::nn::Module {
 public:
  LinearLayer(int64_t inputs, int64_t outputs);
  /// x [... x inputs] -> [... x outputs]
  [[nodiscard]] at::Tensor forward(const at::Tensor& x) const;

 private:
  at::Tensor m_weight, m_bias;
};

/// Takes the targets out of what a network says of every vertex: with one head all of it, with several the answers that
/// the input names, kept in the buffer `answers` [targets].
class AnswerLayer : public torch::nn::Module {
 public:
  /// `model`: id of the architecture, for errors. Throws Error when targets, positions and answers do not fit each
  /// other.
  AnswerLayer(const NetworkInput& input, const std::string& model);
  /// h [B x vertices x heads] -> [B x targets]
  [[nodiscard]] at::Tensor forward(const at::Tensor& h) const;

 private:
  at::Tensor m_answers;  // undefined with one head
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
