#include "core/training/internal/network_forward.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <algorithm>

#include "core/models/internal/network_tensors.h"

namespace corticast {
namespace {

/// Products in bfloat16 on CUDA while it lives.
class MixedPrecision {
 public:
  explicit MixedPrecision(bool isOn) : m_isOn(isOn) {
    if (!m_isOn) return;
    at::autocast::set_autocast_dtype(at::kCUDA, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCUDA, true);
    at::autocast::increment_nesting();
  }
  ~MixedPrecision() {
    if (!m_isOn) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(at::kCUDA, false);
  }
  MixedPrecision(const MixedPrecision&) = delete;
  MixedPrecision& operator=(const MixedPrecision&) = delete;

 private:
  bool m_isOn;
};

}  // namespace

std::shared_ptr<Network> networkWith(std::shared_ptr<Network> built, std::span<const NamedTensor> tensors,
                                     const std::string& prefix) {
  loadState(*built, tensors, prefix);
  built->eval();
  return built;
}

at::Tensor batchOf(MatrixView<const float> features, const std::vector<int64_t>& shape, c10::Device device) {
  const auto rows = static_cast<int64_t>(features.rows());
  at::Tensor host = at::empty({rows, static_cast<int64_t>(features.cols())}, at::kFloat);
  const MatrixView<float> to(host.data_ptr<float>(), features.rows(), features.cols());
  for (size_t i = 0; i < features.rows(); ++i) std::ranges::copy(features.row(i), to.row(i).begin());
  std::vector<int64_t> whole{rows};
  whole.insert(whole.end(), shape.begin(), shape.end());
  return host.to(device).view(whole);
}

at::Tensor predicted(Network& network, const at::Tensor& images, bool isMixed) {
  const MixedPrecision guard(isMixed);
  return network.forward(images).to(at::kFloat);
}

Matrix<float> predictAll(Network& network, MatrixView<const float> features, const std::vector<int64_t>& shape,
                         c10::Device device, bool isMixed) {
  const at::NoGradGuard guard;
  Matrix<float> all;
  for (size_t first = 0; first < features.rows(); first += kPredictedRows) {
    const size_t count = std::min(kPredictedRows, features.rows() - first);
    const at::Tensor images = batchOf(features.block(first, 0, count, features.cols()), shape, device);
    const at::Tensor values = predicted(network, images, isMixed).cpu().contiguous();
    if (all.empty()) all = Matrix<float>(features.rows(), static_cast<size_t>(values.size(1)));
    std::copy_n(values.data_ptr<float>(), values.numel(), all.row(first).data());
  }
  return all;
}

}  // namespace corticast
