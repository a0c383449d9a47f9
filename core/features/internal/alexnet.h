#pragma once
#include <array>
#include <vector>

#include "core/features/internal/network_backbone.h"
#include "core/features/internal/vision_layers.h"

namespace corticast {

struct AlexNetConfig {
  std::array<int64_t, 5> channels = {64, 192, 384, 256, 256};
  int64_t hidden = 4096;
  int64_t classes = 1000;
};

/// torchvision's AlexNet (Krizhevsky, "One weird trick", 2014). Layers go by torchvision's names "features.0" ..
/// "classifier.6" (without the dropouts, which do nothing here); "baseline" is the concatenation that the Algonauts
/// 2023 baseline uses: features.2, .5, .7, .9, .12, classifier.2, .5, .6, each flattened.
class AlexNet : public VisionNetwork {
 public:
  AlexNet(const AlexNetConfig& config, Weights& weights);
  [[nodiscard]] at::Tensor activity(const at::Tensor& pixels, const std::string& layer) const override;
  [[nodiscard]] static std::vector<NamingScheme> namingSchemes() { return {{.publisher = "torchvision", .rules = {}}}; }

 private:
  std::vector<Linear> m_convolutions;
  std::vector<Linear> m_classifier;
};

}  // namespace corticast
