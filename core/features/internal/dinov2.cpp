#include "core/features/internal/dinov2.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/upsample_bicubic2d.h>

namespace corticast {
namespace {

constexpr double kEpsilon = 1e-6;

// What a branch gives is scaled per channel before it is added: the factors go into its last layer.
void foldScale(Linear& last, const at::Tensor& scale) {
  if (!scale.defined()) return;
  last.weight.mul_(scale.unsqueeze(1));
  last.bias.mul_(scale);
}

TransformerBlock takeBlock(Weights& weights, const std::string& name, const Dinov2Config& config) {
  const int64_t width = config.width;
  TransformerBlock block;
  block.norm1 = LayerNorm::take(weights, name + "norm1", width, kEpsilon);
  block.attention.queryKeyValue = Linear::take(weights, name + "attn.qkv", width, 3 * width);
  block.attention.out = Linear::take(weights, name + "attn.proj", width, width);
  block.attention.heads = config.heads;
  foldScale(block.attention.out, weights.take(name + "ls1.gamma", {width}));
  block.norm2 = LayerNorm::take(weights, name + "norm2", width, kEpsilon);
  block.mlp.up = Linear::take(weights, name + "mlp.fc1", width, 4 * width);
  block.mlp.down = Linear::take(weights, name + "mlp.fc2", 4 * width, width);
  foldScale(block.mlp.down, weights.take(name + "ls2.gamma", {width}));
  return block;
}

at::Tensor positionsFor(const at::Tensor& learned, const Dinov2Config& config) {
  const int64_t grid = config.side / config.patch;
  const at::Tensor table = learned.squeeze(0);
  if (grid == config.trainedGrid) return table;
  const at::Tensor maps =
      table.slice(0, 1).view({1, config.trainedGrid, config.trainedGrid, config.width}).permute({0, 3, 1, 2});
  const auto trained = static_cast<double>(config.trainedGrid);
  c10::optional<double> scale;
  if (config.gridOffset != 0) scale = (static_cast<double>(grid) + config.gridOffset) / trained;
  const at::Tensor fitted = at::upsample_bicubic2d(maps, {grid, grid}, false, scale, scale);
  return at::cat({table.slice(0, 0, 1), fitted.flatten(2).squeeze(0).t()});
}

}  // namespace

Dinov2::Dinov2(const Dinov2Config& config, Weights& weights) : m_patch(config.patch) {
  m_classToken = weights.take("cls_token", {1, 1, config.width});
  const int64_t learned = config.trainedGrid * config.trainedGrid;
  const at::Tensor positions = weights.take("pos_embed", {1, 1 + learned, config.width});
  if (positions.defined()) m_positions = positionsFor(positions, config);
  m_patches.weight = weights.take("patch_embed.proj.weight", {config.width, 3, config.patch, config.patch});
  m_patches.bias = weights.take("patch_embed.proj.bias", {config.width});
  for (int64_t i = 0; i < config.depth; ++i)
    m_blocks.push_back(takeBlock(weights, "blocks." + std::to_string(i) + ".", config));
  m_after = LayerNorm::take(weights, "norm", config.width, kEpsilon);
}

at::Tensor Dinov2::activity(const at::Tensor& pixels, const std::string& layer) const {
  const at::Tensor patches = at::conv2d(pixels, m_patches.weight, m_patches.bias, m_patch);
  at::Tensor x = tokensOf(patches, m_classToken, m_positions);
  for (size_t i = 0; i < m_blocks.size(); ++i) {
    const std::string name = "block." + std::to_string(i + 1);
    const bool isLast = i + 1 == m_blocks.size() || name == layer;
    x = m_blocks[i](x, isLast && layer != "patches" ? 1 : 0);
    if (name == layer) return x.select(1, 0);
  }
  x = m_after(x);
  return layer == "patches" ? mapsOf(x) : x.select(1, 0);
}

std::vector<NamingScheme> Dinov2::namingSchemes() {
  const auto huggingFace = [](const std::string& joined, const std::string& out) {
    return NamingScheme{.publisher = "Hugging Face",
                        .rules = {{"cls_token", "embeddings.cls_token"},
                                  {"pos_embed", "embeddings.position_embeddings"},
                                  {"patch_embed.proj", "embeddings.patch_embeddings.projection"},
                                  {"blocks.", "encoder.layer."},
                                  {"attn.qkv", joined},
                                  {"attn.proj", out},
                                  {"ls1.gamma", "layer_scale1.lambda1"},
                                  {"ls2.gamma", "layer_scale2.lambda1"},
                                  {"^norm.", "layernorm."}}};
  };
  return {{.publisher = "Meta", .rules = {}},
          huggingFace("attention.attention.{query,key,value}", "attention.output.dense"),
          huggingFace("attention.{q,k,v}_proj", "attention.o_proj")};  // as transformers 5 saves it
}

}  // namespace corticast
