#pragma once
#include <vector>

#include "core/features/internal/network_backbone.h"
#include "core/features/internal/vision_layers.h"

namespace corticast {

struct SamEncoderConfig {
  int64_t side = 1024;
  int64_t patch = 16;
  int64_t width = 768;
  int64_t depth = 12;
  int64_t heads = 12;
  int64_t window = 14;
  std::vector<int64_t> globalBlocks = {2, 5, 8, 11};  ///< attend to the whole picture, the others inside windows
  int64_t outputs = 256;
};

/// The picture encoder of Segment Anything (Kirillov et al. 2023): a vision transformer with windowed attention and
/// relative positions. Layers: "neck" [outputs x grid x grid], the encoder's output; "block.N" [width x grid x grid],
/// all patches after block N = 1..depth.
class SamEncoder : public VisionNetwork {
 public:
  SamEncoder(const SamEncoderConfig& config, Weights& weights);
  [[nodiscard]] at::Tensor activity(const at::Tensor& pixels, const std::string& layer) const override;
  [[nodiscard]] static std::vector<NamingScheme> namingSchemes();

 private:
  struct Block {
    LayerNorm norm1;
    Linear queryKeyValue;
    Linear out;
    at::Tensor relativeRows;     ///< [extent x extent x width per head], of query row and key row
    at::Tensor relativeColumns;  ///< the same of columns
    LayerNorm norm2;
    Mlp mlp;
    int64_t window = 0;  ///< 0 = global
  };

  [[nodiscard]] static Block takeBlock(Weights& weights, const std::string& name, const SamEncoderConfig& config,
                                       int64_t window);
  [[nodiscard]] at::Tensor attend(const Block& block, const at::Tensor& x) const;
  [[nodiscard]] at::Tensor attendInWindows(const Block& block, const at::Tensor& x) const;
  [[nodiscard]] at::Tensor neck(const at::Tensor& x) const;

  int64_t m_patch;
  int64_t m_heads;
  at::Tensor m_positions;
  Linear m_patches;
  std::vector<Block> m_blocks;
  at::Tensor m_neck1, m_neck2;
  LayerNorm m_neckNorm1, m_neckNorm2;
};

}  // namespace corticast
