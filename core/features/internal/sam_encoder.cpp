#include "core/features/internal/sam_encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>

#include <algorithm>

namespace corticast {
namespace {

constexpr double kEpsilon = 1e-6;
// Rows of queries that attend at a time: bounds the table of position terms, [heads x rows * grid x grid * grid].
constexpr int64_t kRowsAtOnce = 4;

// relative[q][k] = table[q - k + extent - 1]
at::Tensor byQueryAndKey(const at::Tensor& table, int64_t extent) {
  if (!table.defined()) return {};
  const at::Tensor index = at::arange(extent, table.options().dtype(at::kLong));
  return table.index_select(0, (index.unsqueeze(1) - index.unsqueeze(0) + (extent - 1)).flatten())
      .view({extent, extent, -1});
}

at::Tensor overChannels(const LayerNorm& norm, const at::Tensor& maps) {
  return norm(maps.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

}  // namespace

SamEncoder::Block SamEncoder::takeBlock(Weights& weights, const std::string& name, const SamEncoderConfig& config,
                                        int64_t window) {
  const int64_t width = config.width;
  const int64_t extent = window == 0 ? config.side / config.patch : window;
  const std::vector<int64_t> tableShape = {2 * extent - 1, width / config.heads};
  Block block;
  block.norm1 = LayerNorm::take(weights, name + "norm1", width, kEpsilon);
  block.queryKeyValue = Linear::take(weights, name + "attn.qkv", width, 3 * width);
  block.out = Linear::take(weights, name + "attn.proj", width, width);
  block.relativeRows = byQueryAndKey(weights.take(name + "attn.rel_pos_h", tableShape), extent);
  block.relativeColumns = byQueryAndKey(weights.take(name + "attn.rel_pos_w", tableShape), extent);
  block.norm2 = LayerNorm::take(weights, name + "norm2", width, kEpsilon);
  block.mlp.up = Linear::take(weights, name + "mlp.lin1", width, 4 * width);
  block.mlp.down = Linear::take(weights, name + "mlp.lin2", 4 * width, width);
  block.window = window;
  return block;
}

SamEncoder::SamEncoder(const SamEncoderConfig& config, Weights& weights)
    : m_patch(config.patch), m_heads(config.heads) {
  const int64_t grid = config.side / config.patch;
  m_positions = weights.take("pos_embed", {1, grid, grid, config.width});
  m_patches.weight = weights.take("patch_embed.proj.weight", {config.width, 3, config.patch, config.patch});
  m_patches.bias = weights.take("patch_embed.proj.bias", {config.width});
  for (int64_t i = 0; i < config.depth; ++i) {
    const bool isGlobal = std::ranges::find(config.globalBlocks, i) != config.globalBlocks.end();
    m_blocks.push_back(takeBlock(weights, "blocks." + std::to_string(i) + ".", config, isGlobal ? 0 : config.window));
  }
  m_neck1 = weights.take("neck.0.weight", {config.outputs, config.width, 1, 1});
  m_neckNorm1 = LayerNorm::take(weights, "neck.1", config.outputs, kEpsilon);
  m_neck2 = weights.take("neck.2.weight", {config.outputs, config.outputs, 3, 3});
  m_neckNorm2 = LayerNorm::take(weights, "neck.3", config.outputs, kEpsilon);
}

// x [pictures or windows x rows x columns x width]
at::Tensor SamEncoder::attend(const Block& block, const at::Tensor& x) const {
  const int64_t count = x.size(0), rows = x.size(1), columns = x.size(2), width = x.size(3);
  const int64_t keys = rows * columns, perHead = width / m_heads;
  const at::Tensor all = block.queryKeyValue(x).view({count, keys, 3, m_heads, perHead}).permute({2, 0, 3, 1, 4});
  // [count x heads x rows x columns x perHead] times [rows x perHead x keyRows], and the same with columns in front.
  const at::Tensor query = all[0].contiguous().view({count, m_heads, rows, columns, perHead});
  const at::Tensor ofRows = at::matmul(query, block.relativeRows.transpose(1, 2));
  const at::Tensor ofColumns =
      at::matmul(query.transpose(2, 3), block.relativeColumns.transpose(1, 2)).transpose(2, 3).contiguous();
  std::vector<at::Tensor> parts;
  for (int64_t first = 0; first < rows; first += kRowsAtOnce) {
    const int64_t end = std::min(rows, first + kRowsAtOnce);
    const auto part = [&](const at::Tensor& whole) { return whole.slice(2, first, end); };
    const at::Tensor terms = (part(ofRows).unsqueeze(5) + part(ofColumns).unsqueeze(4));
    const int64_t queries = (end - first) * columns;
    parts.push_back(at::scaled_dot_product_attention(part(query).reshape({count, m_heads, queries, perHead}), all[1],
                                                     all[2], terms.reshape({count, m_heads, queries, keys})));
  }
  const at::Tensor mixed = at::cat(parts, 2).transpose(1, 2).reshape({count, rows, columns, width});
  return block.out(mixed);
}

at::Tensor SamEncoder::attendInWindows(const Block& block, const at::Tensor& x) const {
  const int64_t count = x.size(0), rows = x.size(1), columns = x.size(2), width = x.size(3), window = block.window;
  const int64_t down = (rows + window - 1) / window, across = (columns + window - 1) / window;
  const at::Tensor padded = at::constant_pad_nd(x, {0, 0, 0, across * window - columns, 0, down * window - rows});
  const auto turned = [&](const at::Tensor& values, at::IntArrayRef shape) {
    return values.view(shape).permute({0, 1, 3, 2, 4, 5});
  };
  const at::Tensor windows = turned(padded, {count, down, window, across, window, width});
  const at::Tensor mixed = attend(block, windows.reshape({-1, window, window, width}));
  return turned(mixed, {count, down, across, window, window, width})
      .reshape({count, down * window, across * window, width})
      .slice(1, 0, rows)
      .slice(2, 0, columns);
}

at::Tensor SamEncoder::neck(const at::Tensor& x) const {
  const at::Tensor narrowed = overChannels(m_neckNorm1, at::conv2d(x.permute({0, 3, 1, 2}), m_neck1));
  return overChannels(m_neckNorm2, at::conv2d(narrowed, m_neck2, {}, 1, 1));
}

at::Tensor SamEncoder::activity(const at::Tensor& pixels, const std::string& layer) const {
  at::Tensor x = at::conv2d(pixels, m_patches.weight, m_patches.bias, m_patch).permute({0, 2, 3, 1}) + m_positions;
  for (size_t i = 0; i < m_blocks.size(); ++i) {
    const Block& block = m_blocks[i];
    const at::Tensor normed = block.norm1(x);
    x = x + (block.window == 0 ? attend(block, normed) : attendInWindows(block, normed));
    x.add_(block.mlp(block.norm2(x)));
    if ("block." + std::to_string(i + 1) == layer) return x.permute({0, 3, 1, 2});
  }
  return neck(x);
}

std::vector<NamingScheme> SamEncoder::namingSchemes() {
  return {{.publisher = "Meta", .rules = {}},
          {.publisher = "Hugging Face",
           .rules = {{"patch_embed.proj", "patch_embed.projection"},
                     {"blocks.", "layers."},
                     {"norm1", "layer_norm1"},
                     {"norm2", "layer_norm2"},
                     {"neck.0", "neck.conv1"},
                     {"neck.1", "neck.layer_norm1"},
                     {"neck.2", "neck.conv2"},
                     {"neck.3", "neck.layer_norm2"}}}};
}

}  // namespace corticast
