#include "core/models/internal/layers.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

namespace corticast {

at::Tensor linearHeads(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const at::Tensor& subjects, int64_t heads) {
  if (heads == 1) return at::linear(x, weight, bias);
  const int64_t outputs = bias.size(0) / heads;
  at::Tensor result = at::zeros({x.size(0), outputs}, x.options());
  for (int64_t head = 0; head < heads; ++head) {
    const at::Tensor rows = at::nonzero(subjects.eq(head)).squeeze(1);
    if (rows.numel() == 0) continue;
    result = result.index_copy(0, rows,
                               at::linear(x.index_select(0, rows), weight.narrow(0, head * outputs, outputs),
                                          bias.narrow(0, head * outputs, outputs)));
  }
  return result;
}

LinearLayer::LinearLayer(int64_t inputs, int64_t outputs, int64_t heads)
    : m_heads(heads),
      m_weight(register_parameter("weight", at::zeros({heads * outputs, inputs}))),
      m_bias(register_parameter("bias", at::zeros({heads * outputs}))) {}

at::Tensor LinearLayer::forward(const at::Tensor& x, const at::Tensor& subjects) const {
  return linearHeads(x, m_weight, m_bias, subjects, m_heads);
}

BatchNormLayer::BatchNormLayer(int64_t channels)
    : m_weight(register_parameter("weight", at::ones({channels}))),
      m_bias(register_parameter("bias", at::zeros({channels}))),
      m_mean(register_buffer("running_mean", at::zeros({channels}))),
      m_variance(register_buffer("running_var", at::ones({channels}))),
      m_batches(register_buffer("num_batches_tracked", at::zeros({}, at::kLong))) {}

at::Tensor BatchNormLayer::forward(const at::Tensor& x) {
  constexpr double kMomentum = 0.1, kEpsilon = 1e-5;
  if (is_training()) m_batches.add_(1);
  return at::batch_norm(x, m_weight, m_bias, m_mean, m_variance, is_training(), kMomentum, kEpsilon,
                        /*cudnn_enabled=*/true);
}

}  // namespace corticast
