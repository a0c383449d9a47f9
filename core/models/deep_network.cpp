#include "core/models/internal/deep_network.h"

#include <ATen/ops/leaky_relu.h>

#include <algorithm>
#include <cmath>

#include "core/models/internal/layers.h"

namespace corticast {
namespace {

/// Linear, BatchNorm1d, LeakyReLU.
class Block : public torch::nn::Module {
 public:
  Block(int64_t inputs, int64_t outputs, double slope)
      : m_linear(register_module("linear", std::make_shared<LinearLayer>(inputs, outputs))),
        m_norm(register_module("norm", std::make_shared<BatchNormLayer>(outputs))),
        m_slope(slope) {}
  at::Tensor forward(const at::Tensor& x) { return at::leaky_relu(m_norm->forward(m_linear->forward(x)), m_slope); }

 private:
  std::shared_ptr<LinearLayer> m_linear;
  std::shared_ptr<BatchNormLayer> m_norm;
  double m_slope;
};

class DeepNetwork : public Network {
 public:
  DeepNetwork(const NetworkInput& input, const DeepShape& shape) : m_dropout(shape.dropout) {
    int64_t width = input.features();
    const std::vector<int64_t> widths = shape.widths();
    for (size_t i = 0; i < widths.size(); ++i) {
      addBlock("block" + std::to_string(i), width, widths[i], shape.slope, false);
      width = widths[i];
      if (i + 1 == widths.size()) break;
      for (int j = 0; j < shape.residualBlocks; ++j)
        addBlock("residual" + std::to_string(i) + "_" + std::to_string(j), width, width, shape.slope, true);
    }
    m_out = register_module("out", std::make_shared<LinearLayer>(width, input.targets));
  }

  at::Tensor forward(const at::Tensor& images) override {
    at::Tensor h = images.flatten(1);
    for (const Stage& stage : m_stages) {
      const at::Tensor next = stage.block->forward(h);
      h = stage.isResidual ? h + next : dropout(next, m_dropout);
    }
    return m_out->forward(h);
  }

 private:
  struct Stage {
    std::shared_ptr<Block> block;
    bool isResidual = false;
  };
  void addBlock(const std::string& name, int64_t inputs, int64_t outputs, double slope, bool isResidual) {
    m_stages.push_back({register_module(name, std::make_shared<Block>(inputs, outputs, slope)), isResidual});
  }

  std::vector<Stage> m_stages;
  std::shared_ptr<LinearLayer> m_out;
  double m_dropout;
};

}  // namespace

std::vector<int64_t> DeepShape::widths() const {
  std::vector<int64_t> all;
  for (int i = 0; i < blocks; ++i) all.push_back(std::max<int64_t>(1, std::llround(width * std::pow(growth, i))));
  return all;
}

std::shared_ptr<Network> deepNetwork(const NetworkInput& input, const DeepShape& shape) {
  return std::make_shared<DeepNetwork>(input, shape);
}

ModelCost deepCost(const NetworkInput& input, const DeepShape& shape) {
  ModelCost cost;
  const auto add = [&](int64_t inputs, int64_t outputs, int64_t perOutput) {
    cost.weights += static_cast<uint64_t>((inputs + perOutput) * outputs);
    cost.multiplyAdds += static_cast<double>(inputs) * static_cast<double>(outputs);
    cost.activations += 3 * static_cast<double>(outputs);
  };
  constexpr int64_t kBias = 1, kBiasAndNorm = 3;
  int64_t width = input.features();
  const std::vector<int64_t> widths = shape.widths();
  for (size_t i = 0; i < widths.size(); ++i) {
    add(width, widths[i], kBiasAndNorm);
    width = widths[i];
    for (int j = 0; j < shape.residualBlocks && i + 1 < widths.size(); ++j) add(width, width, kBiasAndNorm);
  }
  add(width, input.targets, kBias);
  return cost;
}

}  // namespace corticast
