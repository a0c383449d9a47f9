#pragma once
#include <ATen/core/Tensor.h>

#include <string>

#include "core/features/internal/weights.h"

/// The parts that vision transformers share.
namespace corticast {

/// x W^T + b
struct Linear {
  at::Tensor weight;  ///< [outputs x inputs]
  at::Tensor bias;    ///< [outputs]

  [[nodiscard]] static Linear take(Weights& weights, const std::string& name, int64_t inputs, int64_t outputs);
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

/// Over the last axis.
struct LayerNorm {
  at::Tensor weight;
  at::Tensor bias;
  double epsilon = 1e-5;

  [[nodiscard]] static LayerNorm take(Weights& weights, const std::string& name, int64_t width, double epsilon);
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

/// Two linear layers with a nonlinearity between them.
struct Mlp {
  Linear up;
  Linear down;
  bool isQuick = false;  ///< CLIP's x * sigmoid(1.702 x) instead of the exact GELU

  /// Quick GELU is silu(1.702 x) / 1.702: with the factors in the weights it takes one pass. Called once.
  void foldQuickScale();
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

/// Softmax attention of every token to every token of the same picture.
struct SelfAttention {
  Linear queryKeyValue;  ///< rows: all queries, all keys, all values
  Linear out;
  int64_t heads = 1;

  /// x [pictures x tokens x width]; only the first `queries` tokens ask (and come back), 0 = all.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x, int64_t queries = 0) const;
};

/// x + attention(norm(x)), then x + mlp(norm(x)).
struct TransformerBlock {
  LayerNorm norm1;
  SelfAttention attention;
  LayerNorm norm2;
  Mlp mlp;

  /// Only the first `queries` tokens come back; 0 = all.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x, int64_t queries = 0) const;
};

/// The tokens' class token in front, patches [pictures x width x grid x grid] behind it, plus their positions
/// [1 + grid * grid x width].
[[nodiscard]] at::Tensor tokensOf(const at::Tensor& patches, const at::Tensor& classToken, const at::Tensor& positions);
/// All tokens but the first, as maps [pictures x width x grid x grid].
[[nodiscard]] at::Tensor mapsOf(const at::Tensor& tokens);

}  // namespace corticast
