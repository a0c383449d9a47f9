#include "core/models/internal/split_conv.h"

#include <ATen/ops/conv1d.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

namespace corticast {

SplitConv::SplitConv(int64_t inputs, int64_t positionInputs, int64_t outputs, int64_t kernel)
    : m_inputs(inputs),
      m_positionInputs(positionInputs),
      m_kernel(kernel),
      m_weight(register_parameter("weight", at::zeros({outputs, inputs + positionInputs, kernel}))),
      m_bias(register_parameter("bias", at::zeros({outputs}))) {}

at::Tensor SplitConv::ofImages(const at::Tensor& h, int64_t vertices) const {
  const at::Tensor weight = m_weight.narrow(1, 0, m_inputs);
  if (m_kernel == 1) return at::linear(h, weight.squeeze(2));
  if (h.size(1) == 1) return ofSharedImages(h, vertices);
  return at::conv1d(h.transpose(1, 2), weight, {}, 1, m_kernel / 2).transpose(1, 2);
}

at::Tensor SplitConv::ofSharedImages(const at::Tensor& h, int64_t vertices) const {
  // What each tap of the kernel gives, [kernel x B x outputs], times whether it lies on a vertex, [kernel x N].
  const at::Tensor taps = at::matmul(h.squeeze(1), m_weight.narrow(1, 0, m_inputs).permute({2, 1, 0}));
  const at::Tensor isInside = at::zeros({m_kernel, vertices}, h.options());
  for (int64_t tap = 0; tap < m_kernel; ++tap) {
    const int64_t shift = tap - m_kernel / 2;
    const int64_t first = std::max<int64_t>(0, -shift), last = std::min(vertices, vertices - shift);
    if (first < last) isInside.select(0, tap).narrow(0, first, last - first).fill_(1);
  }
  return at::einsum("kbo,kn->bno", {taps, isInside});
}

at::Tensor SplitConv::ofPositions(const at::Tensor& p) const {
  if (m_positionInputs == 0) return m_bias.expand({p.size(0), -1});
  const at::Tensor weight = m_weight.narrow(1, m_inputs, m_positionInputs);
  if (m_kernel == 1) return at::linear(p, weight.squeeze(2), m_bias);
  return at::conv1d(p.t().unsqueeze(0), weight, m_bias, 1, m_kernel / 2).squeeze(0).t();
}

}  // namespace corticast
