#include "core/features/internal/network_backbone.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/base/error.h"
#include "core/base/parallel.h"

namespace corticast {
namespace {

class NetworkBackbone : public Backbone {
 public:
  explicit NetworkBackbone(NetworkSetup setup) : m_setup(std::move(setup)) {}

  [[nodiscard]] std::vector<size_t> shape() const override { return m_setup.shape; }

  [[nodiscard]] size_t picturesAtOnce() const override { return m_setup.picturesAtOnce; }

  [[nodiscard]] Matrix<float> embed(std::span<const Image> pictures) override {
    const auto& extents = m_setup.shape;
    const size_t features = std::accumulate(extents.begin(), extents.end(), size_t{1}, std::multiplies<>());
    Matrix<float> result(pictures.size(), features);
    if (m_setup.threads != 0) at::set_num_threads(static_cast<int>(m_setup.threads));
    for (size_t first = 0; first < pictures.size(); first += m_setup.picturesAtOnce) {
      const size_t count = std::min(m_setup.picturesAtOnce, pictures.size() - first);
      const at::Tensor activity = run(pictures.subspan(first, count));
      CORTICAST_ASSERT(static_cast<size_t>(activity.numel()) == count * features, return result);
      std::copy_n(activity.const_data_ptr<float>(), count * features, result.row(first).begin());
    }
    return result;
  }

 private:
  at::Tensor run(std::span<const Image> pictures) const {
    const Preprocessing& how = m_setup.preprocessing;
    try {
      const c10::InferenceMode guard;
      at::Tensor pixels = at::empty({static_cast<int64_t>(pictures.size()), 3, how.side, how.side}, at::kFloat);
      const std::span<float> values(pixels.mutable_data_ptr<float>(), pictures.size() * how.valueCount());
      parallelFor(pictures.size(), m_setup.threads,
                  [&](size_t i) { how.apply(pictures[i], values.subspan(i * how.valueCount(), how.valueCount())); });
      return m_setup.network->activity(pixels, m_setup.layer).to(at::kFloat).contiguous();
    } catch (const c10::Error& failure) {
      throw Error({.what = "embed " + std::to_string(pictures.size()) + " pictures",
                   .where = "layer " + m_setup.layer,
                   .why = failure.what_without_backtrace(),
                   .remedy = "check that there is enough memory; report this if it happens again"});
    }
  }

  NetworkSetup m_setup;
};

}  // namespace

std::unique_ptr<Backbone> makeNetworkBackbone(NetworkSetup setup) {
  return std::make_unique<NetworkBackbone>(std::move(setup));
}

}  // namespace corticast
