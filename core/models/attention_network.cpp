#include "core/models/internal/attention_network.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/models/internal/layers.h"
#include "core/models/internal/network.h"

namespace corticast {
namespace {

/// As torch.nn.LayerNorm(width).
class LayerNormLayer : public torch::nn::Module {
 public:
  explicit LayerNormLayer(int64_t width)
      : m_weight(register_parameter("weight", at::ones({width}))),
        m_bias(register_parameter("bias", at::zeros({width}))) {}
  [[nodiscard]] at::Tensor forward(const at::Tensor& x) const {
    return at::layer_norm(x, {m_weight.size(0)}, m_weight, m_bias, 1e-5);
  }

 private:
  at::Tensor m_weight, m_bias;
};

class AttentionLayer : public torch::nn::Module {
 public:
  explicit AttentionLayer(const AttentionShape& shape)
      : m_heads(shape.heads),
        m_norm1(register_module("norm1", std::make_shared<LayerNormLayer>(shape.width))),
        m_query(linear("query", shape.width, shape.width)),
        m_key(linear("key", shape.width, shape.width)),
        m_value(linear("value", shape.width, shape.width)),
        m_out(linear("out", shape.width, shape.width)),
        m_norm2(register_module("norm2", std::make_shared<LayerNormLayer>(shape.width))),
        m_up(linear("up", shape.width, shape.forwardWidth)),
        m_down(linear("down", shape.forwardWidth, shape.width)) {}

  /// What attention adds to h [B or 1 x N x width], from tokens t [B x S x width]: [B x N x width].
  [[nodiscard]] at::Tensor attended(const at::Tensor& h, const at::Tensor& t) const {
    const at::Tensor query = perHead(m_query->forward(m_norm1->forward(h))).expand({t.size(0), -1, -1, -1});
    const at::Tensor found =
        at::scaled_dot_product_attention(query, perHead(m_key->forward(t)), perHead(m_value->forward(t)));
    return m_out->forward(found.transpose(1, 2).flatten(2));
  }
  [[nodiscard]] at::Tensor forwarded(const at::Tensor& h) const {
    return m_down->forward(at::gelu(m_up->forward(m_norm2->forward(h))));
  }

 private:
  std::shared_ptr<LinearLayer> linear(const std::string& name, int64_t inputs, int64_t outputs) {
    return register_module(name, std::make_shared<LinearLayer>(inputs, outputs));
  }
  /// [B x L x width] -> [B x heads x L x width / heads]
  [[nodiscard]] at::Tensor perHead(const at::Tensor& x) const {
    return x.unflatten(2, {m_heads, x.size(2) / m_heads}).transpose(1, 2);
  }

  int64_t m_heads;
  std::shared_ptr<LayerNormLayer> m_norm1;
  std::shared_ptr<LinearLayer> m_query, m_key, m_value, m_out;
  std::shared_ptr<LayerNormLayer> m_norm2;
  std::shared_ptr<LinearLayer> m_up, m_down;
};

/// Channels of a token.
int64_t tokenChannels(const NetworkInput& input) {
  return input.imageShape.size() == 3 ? input.imageShape[0] : input.imageShape.back();
}

/// [B x ...imageShape] -> [B x tokens x channels]
at::Tensor tokensOf(const at::Tensor& images) {
  if (images.dim() == 4) return images.flatten(2).transpose(1, 2);
  return images.dim() == 3 ? images : images.unsqueeze(1);
}

class AttentionNetwork : public Network {
 public:
  AttentionNetwork(const NetworkInput& input, const AttentionShape& shape) : m_dropout(shape.dropout) {
    const Matrix<float> encoded = encodePositions(input.positions.view(), shape.encoding);
    const at::Tensor positions =
        at::empty({static_cast<int64_t>(encoded.rows()), static_cast<int64_t>(encoded.cols())}, at::kFloat);
    std::ranges::copy(encoded.values(), positions.data_ptr<float>());
    m_positions = register_buffer("positions", positions);
    m_token = register_module("token", std::make_shared<LinearLayer>(tokenChannels(input), shape.width));
    m_vertex = register_module("vertex", std::make_shared<LinearLayer>(positions.size(1), shape.width));
    for (int i = 0; i < shape.layers; ++i)
      m_layers.push_back(register_module("layer" + std::to_string(i), std::make_shared<AttentionLayer>(shape)));
    m_norm = register_module("norm", std::make_shared<LayerNormLayer>(shape.width));
    m_answer = register_module("answer", std::make_shared<LinearLayer>(shape.width, input.heads));
    m_out = register_module("out", std::make_shared<AnswerLayer>(input, "vertex-attention"));
  }

  at::Tensor forward(const at::Tensor& images) override {
    const at::Tensor t = m_token->forward(tokensOf(images));
    at::Tensor h = m_vertex->forward(m_positions).unsqueeze(0);
    for (const auto& layer : m_layers) {
      h = h + dropout(layer->attended(h, t), m_dropout);
      h = h + dropout(layer->forwarded(h), m_dropout);
    }
    return m_out->forward(m_answer->forward(m_norm->forward(h)));
  }

 private:
  double m_dropout;
  at::Tensor m_positions;
  std::shared_ptr<LinearLayer> m_token, m_vertex;
  std::vector<std::shared_ptr<AttentionLayer>> m_layers;
  std::shared_ptr<LayerNormLayer> m_norm;
  std::shared_ptr<LinearLayer> m_answer;
  std::shared_ptr<AnswerLayer> m_out;
};

}  // namespace

std::shared_ptr<Network> attentionNetwork(const NetworkInput& input, const AttentionShape& shape) {
  const auto require = [](bool isFine, const std::string& why, const std::string& remedy) {
    if (!isFine)
      throw Error(
          {.what = "build a model of vertex attention", .where = "vertex-attention", .why = why, .remedy = remedy});
  };
  require(shape.width % shape.heads == 0,
          "a width of " + std::to_string(shape.width) + " cannot be shared out to " + std::to_string(shape.heads) +
              " heads",
          "set attentionWidth to a multiple of attentionHeads");
  require(shape.encoding.width % 2 == 0,
          "the encoding width is " + std::to_string(shape.encoding.width) + ", which is odd",
          "set attentionEncodingWidth to an even number: sines and cosines come in pairs");
  return std::make_shared<AttentionNetwork>(input, shape);
}

ModelCost attentionCost(const NetworkInput& input, const AttentionShape& shape) {
  const auto width = static_cast<double>(shape.width), forward = static_cast<double>(shape.forwardWidth);
  const auto vertices = static_cast<double>(input.positions.rows()),
             channels = static_cast<double>(tokenChannels(input));
  const double tokens = static_cast<double>(input.features()) / channels, encoded = 3.0 * shape.encoding.width;
  const auto layers = static_cast<double>(shape.layers), heads = static_cast<double>(input.heads);
  const double perLayer = 4 * (width + 1) * width + (width + 1) * forward + (forward + 1) * width + 4 * width;
  ModelCost cost;
  cost.weights = static_cast<uint64_t>((channels + 1) * width + (encoded + 1) * width + layers * perLayer + 2 * width +
                                       (width + 1) * heads);
  cost.multiplyAdds = tokens * channels * width + layers * (2 * tokens * width * width + 2 * vertices * tokens * width +
                                                            2 * vertices * width * (width + forward));
  cost.multiplyAddsPerStep = vertices * encoded * width;
  cost.activations = layers * (vertices * (8 * width + 2 * forward) + 3 * tokens * width);
  return cost;
}

}  // namespace corticast
