#include "core/models/internal/positional_network.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <numeric>

#include "core/base/error.h"
#include "core/models/internal/layers.h"
#include "core/models/internal/network.h"
#include "core/models/internal/norm_activation.h"
#include "core/models/internal/positional_trunk.h"
#include "core/models/internal/split_conv.h"

namespace corticast {
namespace {

at::Tensor toTensor(const Matrix<float>& values) {
  const at::Tensor tensor =
      at::empty({static_cast<int64_t>(values.rows()), static_cast<int64_t>(values.cols())}, at::kFloat);
  std::ranges::copy(values.values(), tensor.data_ptr<float>());
  return tensor;
}

/// The vertices one after another along the surface; as they come for kernel 1, where the order is of no matter.
std::vector<uint32_t> orderOf(const NetworkInput& input, const PositionalConfig& config) {
  std::vector<uint32_t> order(input.positions.rows());
  std::iota(order.begin(), order.end(), 0U);
  if (config.kernel == 1) return order;
  std::vector<uint32_t> sorted = input.order;
  std::ranges::sort(sorted);
  if (sorted != order)
    throw Error({.what = "build a positional model",
                 .where = "positional",
                 .why = "a kernel above 1 needs each vertex once in an order along the surface",
                 .remedy = "set positionalKernel to 1, or give the order"});
  return input.order;
}

class PositionalNetwork : public Network {
 public:
  PositionalNetwork(const NetworkInput& input, const PositionalConfig& config)
      : m_config(config), m_trunk(makeTrunk(input, config)) {
    const std::vector<uint32_t> order = orderOf(input, config);
    addAnswers(input);
    addPositions(input, order);
    if (m_trunk) register_module("trunk", m_trunk);
    addLayers(input);
  }

  at::Tensor forward(const at::Tensor& images) override {
    at::Tensor h = (m_trunk ? m_trunk->forward(images) : images.flatten(1)).unsqueeze(1);
    at::Tensor skipped = h;
    const int64_t vertices = m_positions.size(0);
    for (size_t i = 0; i < m_convs.size(); ++i) {
      const bool isLast = i + 1 == m_convs.size();
      at::Tensor r = m_convs[i]->ofImages(h, vertices);
      at::Tensor q = m_convs[i]->ofPositions(m_positions);
      if (m_config.isGated()) {
        r = (r + q) * at::sigmoid(m_gates[i]->forward(m_positions));
        q = at::zeros({vertices, r.size(2)}, r.options());
      }
      h = isLast ? r + q : m_norms[i]->forward(r, q, generator());
      if (!m_config.residual || i % 2 == 0) continue;
      h = h + (m_skips[i / 2] ? m_skips[i / 2]->forward(skipped) : skipped);
      skipped = h;
    }
    return inTargetOrder(h);
  }

 private:
  void addAnswers(const NetworkInput& input) {
    if (m_config.valuesPerVertex() == 1) {
      m_answers = register_module("out", std::make_shared<AnswerLayer>(input, "positional"));
      return;
    }
    if (input.heads == 1 && input.targets == static_cast<int64_t>(input.positions.rows()) * m_config.valuesPerVertex())
      return;
    throw Error({.what = "build a positional model",
                 .where = "positional",
                 .why = std::to_string(input.targets) + " targets and " + std::to_string(input.heads) +
                        " heads for the positions of " + std::to_string(input.positions.rows()) + " vertices",
                 .remedy = "ask for " + std::to_string(m_config.valuesPerVertex()) + " values of every vertex, once"});
  }

  void addPositions(const NetworkInput& input, const std::vector<uint32_t>& order) {
    Matrix<float> ordered(order.size(), input.positions.cols());
    const at::Tensor place = at::empty({static_cast<int64_t>(order.size())}, at::kLong);
    for (size_t i = 0; i < order.size(); ++i) {
      std::ranges::copy(input.positions.row(order[i]), ordered.row(i).begin());
      place.data_ptr<int64_t>()[order[i]] = static_cast<int64_t>(i);
    }
    m_positions = register_buffer("positions", toTensor(encodePositions(ordered.view(), m_config.encoding())));
    if (m_config.kernel > 1) m_place = register_buffer("place", place);
  }

  void addLayers(const NetworkInput& input) {
    const std::vector<int64_t> outputs = m_config.outputs(input);
    const int64_t encoded = m_positions.size(1), concatenated = m_config.isGated() ? 0 : encoded;
    int64_t inputs = m_config.areaValues(input), skipInputs = inputs;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const std::string number = std::to_string(i);
      m_convs.push_back(register_module(
          "conv" + number, std::make_shared<SplitConv>(inputs, concatenated, outputs[i], m_config.kernel)));
      if (m_config.isGated())
        m_gates.push_back(register_module("gate" + number, std::make_shared<LinearLayer>(encoded, outputs[i])));
      inputs = outputs[i];
      if (i + 1 < outputs.size()) {
        const double dropout = m_config.isDropoutAfter(i) ? m_config.dropout : 0;
        m_norms.push_back(
            register_module("norm" + number, std::make_shared<NormActivation>(outputs[i], m_config.slope, dropout)));
      }
      if (m_config.residual && i % 2 == 1) {
        m_skips.push_back(skipInputs == inputs ? nullptr : std::make_shared<LinearLayer>(skipInputs, inputs));
        if (m_skips.back()) register_module("skip" + std::to_string(i / 2), m_skips.back());
        skipInputs = inputs;
      }
    }
  }

  /// [B x N x values or heads] -> [B x targets]; of several values all vertices' first, then their second.
  [[nodiscard]] at::Tensor inTargetOrder(at::Tensor h) const {
    if (m_config.kernel > 1) h = h.index_select(1, m_place.to(at::kLong));
    return m_answers ? m_answers->forward(h) : h.transpose(1, 2).flatten(1);
  }

  PositionalConfig m_config;
  std::shared_ptr<Trunk> m_trunk;
  std::vector<std::shared_ptr<SplitConv>> m_convs;
  std::vector<std::shared_ptr<LinearLayer>> m_gates;
  std::vector<std::shared_ptr<NormActivation>> m_norms;
  std::vector<std::shared_ptr<LinearLayer>> m_skips;  // per pair; null where the channels agree
  std::shared_ptr<AnswerLayer> m_answers;             // null where it returns positions
  at::Tensor m_positions, m_place;
};

}  // namespace

std::shared_ptr<Network> positionalNetwork(const NetworkInput& input, const PositionalConfig& config) {
  return std::make_shared<PositionalNetwork>(input, config);
}

namespace {

/// Numbers that a layer keeps for the gradient per vertex and channel.
double keptPerOutput(const PositionalConfig& config, size_t layer, bool isLast) {
  // With kernel 1, what the first Conv1d makes of a picture is the same for all its vertices.
  const bool isShared = layer == 0 && config.kernel == 1;
  double kept = config.isGated() ? 2 : isShared ? 0 : 1;  // before the gate, and after it or of the Conv1d
  if (!isLast) kept += 1;                                 // after the activation
  if (!isLast && config.dropout > 0 && config.isDropoutAfter(layer)) kept += 0.25;  // a byte of the mask
  return kept;
}

}  // namespace

ModelCost positionalCost(const NetworkInput& input, const PositionalConfig& config) {
  ModelCost cost = trunkCost(input, config);
  const int64_t encoded = 3 * config.encodingWidth, concatenated = config.isGated() ? 0 : encoded;
  const auto vertices = static_cast<double>(input.positions.rows());
  const std::vector<int64_t> outputs = config.outputs(input);
  int64_t inputs = config.areaValues(input), skipInputs = inputs;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const bool isLast = i + 1 == outputs.size();
    const auto product = static_cast<double>(inputs * outputs[i] * config.kernel);
    cost.weights += static_cast<uint64_t>(((inputs + concatenated) * config.kernel + (isLast ? 1 : 3)) * outputs[i]);
    if (config.isGated()) cost.weights += static_cast<uint64_t>((encoded + 1) * outputs[i]);
    cost.multiplyAdds += i == 0 ? product : product * vertices;
    cost.multiplyAddsPerStep += static_cast<double>(encoded * outputs[i] * config.kernel) * vertices;
    cost.activations += vertices * static_cast<double>(outputs[i]) * keptPerOutput(config, i, isLast);
    inputs = outputs[i];
    if (!config.residual || i % 2 == 0) continue;
    if (skipInputs != inputs) {
      cost.weights += static_cast<uint64_t>((skipInputs + 1) * inputs);
      cost.multiplyAdds += static_cast<double>(skipInputs * inputs) * (i == 1 ? 1 : vertices);
      cost.activations += vertices * static_cast<double>(inputs);
    }
    skipInputs = inputs;
  }
  return cost;
}

}  // namespace corticast
