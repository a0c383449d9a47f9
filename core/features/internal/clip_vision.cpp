#include "core/features/internal/clip_vision.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/matmul.h>

namespace corticast {
namespace {

constexpr double kEpsilon = 1e-5;

// torch.nn.MultiheadAttention joins the three inner layers.
Linear takeJoined(Weights& weights, const std::string& name, int64_t width) {
  at::Tensor weight = weights.take(name + "_weight", {3 * width, width});
  return {.weight = std::move(weight), .bias = weights.take(name + "_bias", {3 * width})};
}

TransformerBlock takeBlock(Weights& weights, const std::string& name, const ClipVisionConfig& config) {
  const int64_t width = config.width;
  TransformerBlock block;
  block.norm1 = LayerNorm::take(weights, name + "ln_1", width, kEpsilon);
  block.attention.queryKeyValue = takeJoined(weights, name + "attn.in_proj", width);
  block.attention.out = Linear::take(weights, name + "attn.out_proj", width, width);
  block.attention.heads = config.heads;
  block.norm2 = LayerNorm::take(weights, name + "ln_2", width, kEpsilon);
  block.mlp.up = Linear::take(weights, name + "mlp.c_fc", width, 4 * width);
  block.mlp.down = Linear::take(weights, name + "mlp.c_proj", 4 * width, width);
  block.mlp.isQuick = true;
  block.mlp.foldQuickScale();
  return block;
}

}  // namespace

ClipVision::ClipVision(const ClipVisionConfig& config, Weights& weights) : m_patch(config.patch) {
  const int64_t grid = config.side / config.patch;
  m_classToken = weights.take("class_embedding", {config.width});
  m_positions = weights.take("positional_embedding", {1 + grid * grid, config.width});
  m_patchWeight = weights.take("conv1.weight", {config.width, 3, config.patch, config.patch});
  m_before = LayerNorm::take(weights, "ln_pre", config.width, kEpsilon);
  for (int64_t i = 0; i < config.depth; ++i)
    m_blocks.push_back(takeBlock(weights, "transformer.resblocks." + std::to_string(i) + ".", config));
  m_after = LayerNorm::take(weights, "ln_post", config.width, kEpsilon);
  m_projection = weights.take("proj", {config.width, config.outputs});
}

at::Tensor ClipVision::activity(const at::Tensor& pixels, const std::string& layer) const {
  at::Tensor x = m_before(tokensOf(at::conv2d(pixels, m_patchWeight, {}, m_patch), m_classToken, m_positions));
  for (size_t i = 0; i < m_blocks.size(); ++i) {
    const std::string name = "block." + std::to_string(i + 1);
    const bool isLast = i + 1 == m_blocks.size() || name == layer;
    x = m_blocks[i](x, isLast && layer != "patches" ? 1 : 0);
    if (name == layer) return x.select(1, 0);
  }
  if (layer == "patches") return mapsOf(x);
  const at::Tensor pooled = m_after(x.select(1, 0));
  return layer == "class" ? pooled : at::matmul(pooled, m_projection);
}

std::vector<NamingScheme> ClipVision::namingSchemes() {
  return {{.publisher = "OpenAI", .rules = {}},
          {.publisher = "Hugging Face",
           .rules = {{"^proj", "visual_projection.weight^T"},
                     {"class_embedding", "vision_model.embeddings.class_embedding"},
                     {"positional_embedding", "vision_model.embeddings.position_embedding.weight"},
                     {"conv1.weight", "vision_model.embeddings.patch_embedding.weight"},
                     {"ln_pre", "vision_model.pre_layrnorm"},
                     {"ln_post", "vision_model.post_layernorm"},
                     {"transformer.resblocks.", "vision_model.encoder.layers."},
                     {"attn.in_proj_", "self_attn.{q,k,v}_proj."},
                     {"attn.out_proj", "self_attn.out_proj"},
                     {"ln_1", "layer_norm1"},
                     {"ln_2", "layer_norm2"},
                     {"mlp.c_fc", "mlp.fc1"},
                     {"mlp.c_proj", "mlp.fc2"}}}};
}

}  // namespace corticast
