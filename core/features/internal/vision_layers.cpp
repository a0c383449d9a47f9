#include "core/features/internal/vision_layers.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>

#include <cmath>

namespace corticast {

Linear Linear::take(Weights& weights, const std::string& name, int64_t inputs, int64_t outputs) {
  at::Tensor weight = weights.take(name + ".weight", {outputs, inputs});
  return {.weight = std::move(weight), .bias = weights.take(name + ".bias", {outputs})};
}

at::Tensor Linear::operator()(const at::Tensor& x) const {
  return at::linear(x, weight, bias);
}

LayerNorm LayerNorm::take(Weights& weights, const std::string& name, int64_t width, double epsilon) {
  at::Tensor weight = weights.take(name + ".weight", {width});
  return {.weight = std::move(weight), .bias = weights.take(name + ".bias", {width}), .epsilon = epsilon};
}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, weight.sizes(), weight, bias, epsilon);
}

void Mlp::foldQuickScale() {
  constexpr double kScale = 1.702;
  if (!isQuick || !up.weight.defined()) return;
  up.weight.mul_(kScale);
  up.bias.mul_(kScale);
  down.weight.div_(kScale);
}

at::Tensor Mlp::operator()(const at::Tensor& x) const {
  at::Tensor hidden = up(x);
  return down(isQuick ? at::silu_(hidden) : at::gelu_(hidden));
}

at::Tensor SelfAttention::operator()(const at::Tensor& x, int64_t queries) const {
  const int64_t pictures = x.size(0), tokens = x.size(1), width = x.size(2);
  const int64_t asking = queries == 0 ? tokens : queries;
  const auto inHeads = [&](const at::Tensor& values, int64_t count) {
    return values.view({pictures, count, -1, heads, width / heads}).permute({2, 0, 3, 1, 4});
  };
  at::Tensor query, keyValue;
  if (asking == tokens) {
    const at::Tensor all = inHeads(queryKeyValue(x), tokens);
    query = all[0];
    keyValue = all.slice(0, 1, 3);
  } else {
    const Linear ask{queryKeyValue.weight.slice(0, 0, width), queryKeyValue.bias.slice(0, 0, width)};
    const Linear answer{queryKeyValue.weight.slice(0, width), queryKeyValue.bias.slice(0, width)};
    query = inHeads(ask(x.slice(1, 0, asking)), asking)[0];
    keyValue = inHeads(answer(x), tokens);
  }
  const at::Tensor mixed = at::scaled_dot_product_attention(query, keyValue[0], keyValue[1]);
  return out(mixed.transpose(1, 2).reshape({pictures, asking, width}));
}

at::Tensor TransformerBlock::operator()(const at::Tensor& x, int64_t queries) const {
  at::Tensor result = attention(norm1(x), queries);
  result.add_(queries == 0 ? x : x.slice(1, 0, queries));
  result.add_(mlp(norm2(result)));
  return result;
}

at::Tensor tokensOf(const at::Tensor& patches, const at::Tensor& classToken, const at::Tensor& positions) {
  const at::Tensor front = classToken.view({1, 1, -1}).expand({patches.size(0), 1, patches.size(1)});
  return at::cat({front, patches.flatten(2).transpose(1, 2)}, 1).add_(positions);
}

at::Tensor mapsOf(const at::Tensor& tokens) {
  const auto grid = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(tokens.size(1) - 1))));
  return tokens.slice(1, 1).transpose(1, 2).reshape({tokens.size(0), tokens.size(2), grid, grid});
}

}  // namespace corticast
