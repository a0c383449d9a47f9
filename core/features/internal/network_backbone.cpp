#include "core/features/internal/network_backbone.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/features/internal/weights.h"

namespace corticast {
namespace {

// Batches per call on CUDA: only within a call is one prepared while the device computes another.
constexpr size_t kBatchesOnCuda = 4;

class NetworkBackbone : public Backbone {
 public:
  explicit NetworkBackbone(NetworkSetup setup)
      : m_setup(std::move(setup)),
        m_device(m_setup.device.id()),
        m_batch(m_device.is_cuda() ? m_setup.picturesAtOnceOnCuda : m_setup.picturesAtOnce),
        m_picturesAtOnce(m_device.is_cuda() ? kBatchesOnCuda * m_batch : m_batch) {
    // In TF32, features would differ from the CPU's by a thousandth.
    if (m_device.is_cuda()) keepFloat32();
  }
  ~NetworkBackbone() override {
    m_setup.network.reset();
    releaseUnused(m_setup.device);
  }

  [[nodiscard]] std::vector<size_t> shape() const override { return m_setup.shape; }

  [[nodiscard]] size_t picturesAtOnce() const override { return m_picturesAtOnce; }

  [[nodiscard]] Matrix<float> embed(std::span<const Image> pictures) override {
    const auto& extents = m_setup.shape;
    const size_t features = std::accumulate(extents.begin(), extents.end(), size_t{1}, std::multiplies<>());
    Matrix<float> result(pictures.size(), features);
    if (m_setup.threads != 0) at::set_num_threads(static_cast<int>(m_setup.threads));
    onDevice(m_setup.device, "embed " + std::to_string(pictures.size()) + " pictures, layer " + m_setup.layer,
             networkRemedies(m_setup.device), [&] { run(pictures, result); });
    return result;
  }

 private:
  // Of the pictures from row `first` on; a CUDA device may still be computing it.
  struct Batch {
    at::Tensor activity;
    size_t first = 0;
  };

  void run(std::span<const Image> pictures, Matrix<float>& result) {
    const c10::InferenceMode guard;
    Batch running;
    for (size_t first = 0; first < pictures.size();) {
      const size_t count = std::min(m_batch, pictures.size() - first);
      const at::Tensor pixels = prepared(pictures.subspan(first, count));
      fetch(running, result);
      running = {.activity = start(pixels), .first = first};
      if (running.activity.defined()) first += count;
    }
    fetch(running, result);
  }

  [[nodiscard]] at::Tensor prepared(std::span<const Image> pictures) const {
    const Preprocessing& how = m_setup.preprocessing;
    // From pinned memory a device takes what it needs while the CPU goes on.
    at::Tensor pixels = at::empty({static_cast<int64_t>(pictures.size()), 3, how.side, how.side},
                                  at::TensorOptions(at::kFloat).pinned_memory(m_device.is_cuda()));
    const std::span<float> values(pixels.mutable_data_ptr<float>(), pictures.size() * how.valueCount());
    parallelFor(pictures.size(), m_setup.threads,
                [&](size_t i) { how.apply(pictures[i], values.subspan(i * how.valueCount(), how.valueCount())); });
    return pixels;
  }

  // Undefined when the device's memory does not suffice; then the next batch is of half as many pictures.
  [[nodiscard]] at::Tensor start(const at::Tensor& pixels) {
    try {
      const at::Tensor sent = pixels.to(m_device, /*non_blocking=*/true);
      return m_setup.network->activity(sent, m_setup.layer).to(at::kFloat).contiguous();
    } catch (const c10::OutOfMemoryError&) {
      if (pixels.size(0) == 1) throw;
      m_batch = static_cast<size_t>(pixels.size(0)) / 2;
      return {};
    }
  }

  // Waits for the device.
  static void fetch(Batch& batch, Matrix<float>& result) {
    if (!batch.activity.defined()) return;
    const at::Tensor activity = batch.activity.to(at::kCPU);
    batch.activity.reset();
    const auto values = static_cast<size_t>(activity.numel());
    CORTICAST_ASSERT(values == static_cast<size_t>(activity.size(0)) * result.cols(), return );
    std::copy_n(activity.const_data_ptr<float>(), values, result.row(batch.first).begin());
  }

  FreedMemoryKept m_kept;  // outlives the network
  NetworkSetup m_setup;
  c10::Device m_device;
  size_t m_batch;  ///< pictures that the device computes at once
  size_t m_picturesAtOnce;
};

}  // namespace

std::unique_ptr<Backbone> makeNetworkBackbone(NetworkSetup setup) {
  return std::make_unique<NetworkBackbone>(std::move(setup));
}

}  // namespace corticast
