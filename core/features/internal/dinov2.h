#pragma once
#include <vector>

#include "core/features/internal/network_backbone.h"
#include "core/features/internal/vision_layers.h"

namespace corticast {

struct Dinov2Config {
  int64_t side = 224;
  int64_t patch = 14;
  int64_t trainedGrid = 37;  ///< patches per side that the positions were learned for
  int64_t width = 768;
  int64_t depth = 12;
  int64_t heads = 12;
  /// Added to the grid where the positions' scale is computed: 0 in transformers, 0.1 in Meta's own program.
  double gridOffset = 0;
};

/// DINOv2 without registers (Oquab et al. 2023), sizes S, B and L. Layers: "class" [width] and "patches"
/// [width x grid x grid], the normalised tokens (transformers' last_hidden_state, Meta's x_norm_clstoken and
/// x_norm_patchtokens); "block.N" [width], the class token after block N = 1..depth, not normalised (hidden_states[N]).
class Dinov2 : public VisionNetwork {
 public:
  Dinov2(const Dinov2Config& config, Weights& weights);
  [[nodiscard]] at::Tensor activity(const at::Tensor& pixels, const std::string& layer) const override;
  [[nodiscard]] static std::vector<NamingScheme> namingSchemes();

 private:
  int64_t m_patch;
  at::Tensor m_classToken, m_positions;
  Linear m_patches;
  std::vector<TransformerBlock> m_blocks;
  LayerNorm m_after;
};

}  // namespace corticast
