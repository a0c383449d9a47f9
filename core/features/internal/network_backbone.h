#pragma once
#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "core/features/backbone.h"
#include "core/features/preprocessing.h"
#include "core/linalg/device.h"

namespace corticast {

/// A network in evaluation mode whose layers can be looked at.
class VisionNetwork {
 public:
  virtual ~VisionNetwork() = default;
  /// The layer's activity [pictures x ...] for pixels [pictures x 3 x side x side] on the network's device; computes
  /// nothing beyond it. Throws c10::OutOfMemoryError when a CUDA device's memory does not suffice.
  [[nodiscard]] virtual at::Tensor activity(const at::Tensor& pixels, const std::string& layer) const = 0;
};

/// A network that takes prepared pictures, as a backbone. On a CUDA device the next batch is prepared while the device
/// computes one; batches become smaller when its memory does not suffice.
struct NetworkSetup {
  std::unique_ptr<VisionNetwork> network;
  Preprocessing preprocessing;
  std::string layer;
  std::vector<size_t> shape;         ///< of the layer
  size_t picturesAtOnce = 16;        ///< more need more memory and are no faster
  size_t picturesAtOnceOnCuda = 64;  ///< keep all of a large device busy
  unsigned threads = 0;              ///< 0 = all
  Device device = {};                ///< the network's
};
[[nodiscard]] std::unique_ptr<Backbone> makeNetworkBackbone(NetworkSetup setup);

}  // namespace corticast
