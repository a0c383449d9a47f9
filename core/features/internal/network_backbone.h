#pragma once
#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "core/features/backbone.h"
#include "core/features/preprocessing.h"

namespace corticast {

/// A network in evaluation mode whose layers can be looked at.
class VisionNetwork {
 public:
  virtual ~VisionNetwork() = default;
  /// The layer's activity [pictures x ...] for pixels [pictures x 3 x side x side]; computes nothing beyond it.
  [[nodiscard]] virtual at::Tensor activity(const at::Tensor& pixels, const std::string& layer) const = 0;
};

/// A network that takes prepared pictures, as a backbone.
struct NetworkSetup {
  std::unique_ptr<VisionNetwork> network;
  Preprocessing preprocessing;
  std::string layer;
  std::vector<size_t> shape;   ///< of the layer
  size_t picturesAtOnce = 16;  ///< more need more memory and are no faster
  unsigned threads = 0;        ///< 0 = all
};
[[nodiscard]] std::unique_ptr<Backbone> makeNetworkBackbone(NetworkSetup setup);

}  // namespace corticast
