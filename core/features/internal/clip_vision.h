#pragma once
#include <vector>

#include "core/features/internal/network_backbone.h"
#include "core/features/internal/vision_layers.h"

namespace corticast {

struct ClipVisionConfig {
  int64_t side = 224;
  int64_t patch = 32;
  int64_t width = 768;
  int64_t depth = 12;
  int64_t heads = 12;
  int64_t outputs = 512;
};

/// The picture half of CLIP with a vision transformer (Radford et al. 2021). Layers: "projection" [outputs], the vector
/// that is compared with texts (transformers' image_embeds); "class" [width], the normalised class token before it
/// (pooler_output); "patches" [width x grid x grid], the other tokens of last_hidden_state; "block.N" [width], the
/// class token after block N = 1..depth (hidden_states[N]).
class ClipVision : public VisionNetwork {
 public:
  ClipVision(const ClipVisionConfig& config, Weights& weights);
  [[nodiscard]] at::Tensor activity(const at::Tensor& pixels, const std::string& layer) const override;
  [[nodiscard]] static std::vector<NamingScheme> namingSchemes();

 private:
  int64_t m_patch;
  at::Tensor m_classToken, m_positions, m_patchWeight;
  LayerNorm m_before, m_after;
  std::vector<TransformerBlock> m_blocks;
  at::Tensor m_projection;  ///< [width x outputs]
};

}  // namespace corticast
