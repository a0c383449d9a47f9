#pragma once
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

namespace corticast {

/// BatchNorm1d, LeakyReLU and dropout of a sum whose second part all pictures share:
///
///     z(b, v, c) = r(b, v, c) + q(v, c)
///     y = weight (z - mean) / sqrt(variance + epsilon) + bias,   moments per channel over all b and v
///     x = dropout(LeakyReLU(y))
///
/// On the CPU, training, in one pass over memory each way and without ever holding z, y or a copy of them; elsewhere by
/// torch's own operations. Both agree to rounding. Parameters and buffers carry the names of torch.nn.BatchNorm1d.
class NormActivation : public torch::nn::Module {
 public:
  /// `dropout`: probability of a value to be zeroed in training; the others are divided by 1 - dropout.
  NormActivation(int64_t channels, double slope, double dropout);

  /// r [B x N x C], or [B x 1 x C] when all vertices share it; q [N x C] -> x [B x N x C]. Masks are drawn from
  /// `generator`.
  [[nodiscard]] at::Tensor forward(const at::Tensor& r, const at::Tensor& q, const at::Generator& generator);

  /// The same by torch's operations, with the mask given ([B x N x C], 0 or 1; undefined: nothing is dropped).
  [[nodiscard]] at::Tensor byOperations(const at::Tensor& r, const at::Tensor& q, const at::Tensor& mask);
  /// The same in one pass, training.
  [[nodiscard]] at::Tensor inOnePass(const at::Tensor& r, const at::Tensor& q, const at::Tensor& mask);

 private:
  at::Tensor m_weight, m_bias, m_mean, m_variance, m_batches;
  double m_slope;
  double m_dropout;
};

}  // namespace corticast
