#include "core/models/linear.h"

#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include "core/models/internal/network.h"

namespace corticast {
namespace {

class LinearNetwork : public Network {
 public:
  explicit LinearNetwork(const NetworkInput& input)
      : m_weight(register_parameter("weight", at::zeros({input.targets, input.features()}))),
        m_bias(register_parameter("bias", at::zeros({input.targets}))) {}
  at::Tensor forward(const at::Tensor& images) override { return at::linear(images.flatten(1), m_weight, m_bias); }

 private:
  at::Tensor m_weight, m_bias;
};

ModelCost costOf(const NetworkInput& input) {
  const auto features = static_cast<uint64_t>(input.features()), targets = static_cast<uint64_t>(input.targets);
  return {.weights = (features + 1) * targets,
          .multiplyAdds = static_cast<double>(features * targets),
          .activations = static_cast<double>(features + targets)};
}

}  // namespace

Architecture linearArchitecture() {
  return {.id = "linear",
          .label = "Linear",
          .help = "One linear layer from the embedding to the vertices.",
          .kind = ModelKind::Linear,
          .params = {},
          .surfaceParam = {},
          .cost = [](const NetworkInput& input, const Json&) { return costOf(input); },
          .build = [](const NetworkInput& input, const Json&) { return std::make_shared<LinearNetwork>(input); }};
}

}  // namespace corticast
