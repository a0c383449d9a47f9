#pragma once
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

namespace corticast {

/// A Conv1d along the vertices whose input is [h ; p]: channels that differ per picture, and positions that all
/// pictures share. The concatenation is never built, since W [h ; p] = W_h h + W_p p; and where h is the same at all
/// vertices (the first layer), W_h h is computed once per picture. Parameters as torch.nn.Conv1d(inputs +
/// positionInputs, outputs, kernel, padding=kernel // 2): `weight` [outputs x (inputs + positionInputs) x kernel],
/// `bias` [outputs].
class SplitConv : public torch::nn::Module {
 public:
  /// `kernel` is odd.
  SplitConv(int64_t inputs, int64_t positionInputs, int64_t outputs, int64_t kernel);

  /// W_h h: h [B x N x inputs] -> [B x N x outputs]. With h [B x 1 x inputs], the same at all N vertices: [B x 1 x
  /// outputs] for kernel 1, else [B x N x outputs], as zeros beyond the ends make vertices near them differ.
  [[nodiscard]] at::Tensor ofImages(const at::Tensor& h, int64_t vertices) const;
  /// W_p p + bias: p [N x positionInputs] -> [N x outputs].
  [[nodiscard]] at::Tensor ofPositions(const at::Tensor& p) const;

 private:
  at::Tensor ofSharedImages(const at::Tensor& h, int64_t vertices) const;

  int64_t m_inputs;
  int64_t m_positionInputs;
  int64_t m_kernel;
  at::Tensor m_weight, m_bias;
};

}  // namespace corticast
