#include "core/models/internal/positional_trunk.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/zeros.h>

#include "core/models/internal/layers.h"

namespace corticast {
namespace {

constexpr int64_t kKernel = 3, kStride = 2, kPadding = 1;

int64_t halved(int64_t size) {
  return (size + 2 * kPadding - kKernel) / kStride + 1;
}

class LinearTrunk : public Trunk {
 public:
  LinearTrunk(int64_t inputs, int64_t outputs)
      : m_linear(register_module("linear", std::make_shared<LinearLayer>(inputs, outputs))) {}
  at::Tensor forward(const at::Tensor& images) override { return m_linear->forward(images.flatten(1)); }

 private:
  std::shared_ptr<LinearLayer> m_linear;
};

/// As torch.nn.Conv2d(inputs, outputs, 3, stride=2, padding=1).
class HalvingConv : public torch::nn::Module {
 public:
  HalvingConv(int64_t inputs, int64_t outputs)
      : m_weight(register_parameter("weight", at::zeros({outputs, inputs, kKernel, kKernel}))),
        m_bias(register_parameter("bias", at::zeros({outputs}))) {}
  [[nodiscard]] at::Tensor forward(const at::Tensor& x) const {
    return at::conv2d(x, m_weight, m_bias, {kStride, kStride}, {kPadding, kPadding});
  }

 private:
  at::Tensor m_weight, m_bias;
};

class ConvTrunk : public Trunk {
 public:
  ConvTrunk(const NetworkInput& input, const PositionalConfig& config) : m_slope(config.slope) {
    int64_t channels = input.imageShape[0], height = input.imageShape[1], width = input.imageShape[2];
    for (size_t i = 0; i < config.trunkChannels.size(); ++i) {
      const std::string number = std::to_string(i);
      const int64_t next = config.trunkChannels[i];
      m_convs.push_back(register_module("conv" + number, std::make_shared<HalvingConv>(channels, next)));
      m_norms.push_back(register_module("norm" + number, std::make_shared<BatchNormLayer>(next)));
      channels = next;
      height = halved(height);
      width = halved(width);
    }
    m_linear = register_module("linear", std::make_shared<LinearLayer>(channels * height * width, config.areaWidth));
  }
  at::Tensor forward(const at::Tensor& images) override {
    at::Tensor x = images;
    for (size_t i = 0; i < m_convs.size(); ++i)
      x = at::leaky_relu(m_norms[i]->forward(m_convs[i]->forward(x)), m_slope);
    return m_linear->forward(x.flatten(1));
  }

 private:
  std::vector<std::shared_ptr<HalvingConv>> m_convs;
  std::vector<std::shared_ptr<BatchNormLayer>> m_norms;
  std::shared_ptr<LinearLayer> m_linear;
  double m_slope;
};

void addProduct(ModelCost& cost, int64_t inputs, int64_t outputs, int64_t places, int64_t perOutput) {
  cost.weights += static_cast<uint64_t>((inputs + perOutput) * outputs);
  cost.multiplyAdds += static_cast<double>(inputs) * static_cast<double>(outputs * places);
  cost.activations += 3 * static_cast<double>(outputs * places);
}

}  // namespace

std::shared_ptr<Trunk> makeTrunk(const NetworkInput& input, const PositionalConfig& config) {
  if (config.trunk == "linear") return std::make_shared<LinearTrunk>(input.features(), config.areaWidth);
  if (config.trunk == "conv2d") return std::make_shared<ConvTrunk>(input, config);
  return nullptr;
}

ModelCost trunkCost(const NetworkInput& input, const PositionalConfig& config) {
  ModelCost cost;
  if (config.trunk == "linear") addProduct(cost, input.features(), config.areaWidth, 1, 1);
  if (config.trunk != "conv2d") return cost;
  int64_t channels = input.imageShape[0], height = input.imageShape[1], width = input.imageShape[2];
  for (const int next : config.trunkChannels) {
    height = halved(height);
    width = halved(width);
    addProduct(cost, channels * kKernel * kKernel, next, height * width, 3);
    channels = next;
  }
  addProduct(cost, channels * height * width, config.areaWidth, 1, 1);
  return cost;
}

}  // namespace corticast
