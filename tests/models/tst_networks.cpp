#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/models/internal/layers.h"
#include "core/models/internal/network_tensors.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

NetworkInput smallInput(int64_t heads = 1) {
  NetworkInput input{.imageShape = {6}, .targets = 5, .positions = Matrix<float>(5, 3), .heads = heads};
  Philox random(2);
  for (float& value : input.positions.values()) value = static_cast<float>(random.uniform());
  return input;
}

std::shared_ptr<Network> built(const Architecture& kind, const NetworkInput& input) {
  auto network = kind.build(input, defaultsOf(kind.params));
  Philox random(1);
  network->drawWeights(random);
  return network;
}

TEST(Networks, HaveAsManyWeightsAsTheyCount) {
  for (const Architecture& kind : architectures())
    for (const int64_t heads : {1, 3}) {
      const NetworkInput input = smallInput(heads);
      const auto network = built(kind, input);
      uint64_t count = 0;
      for (const at::Tensor& parameter : network->parameters()) count += static_cast<uint64_t>(parameter.numel());
      const ModelCost cost = kind.cost(input, defaultsOf(kind.params));
      EXPECT_EQ(cost.weights, count) << kind.id;
      EXPECT_GT(cost.multiplyAdds + cost.multiplyAddsPerStep, 0) << kind.id;
      EXPECT_GT(cost.activations + cost.activationsPerStep, 0) << kind.id;
    }
}

TEST(Networks, GiveOneColumnPerTarget) {
  const at::Generator generator = at::detail::createCPUGenerator(4);
  const at::Tensor images = at::randn({7, 6}, generator);
  for (const Architecture& kind : architectures()) {
    const auto network = built(kind, smallInput());
    network->eval();
    const at::NoGradGuard guard;
    EXPECT_EQ(network->forward({.images = images, .subjects = {}}).sizes(), at::IntArrayRef({7, 5})) << kind.id;
  }
}

// In double, with batch normalisation over the batch and dropout on; the same masks in every pass.
TEST(Networks, GradientsAreCentralDifferences) {
  const at::Generator generator = at::detail::createCPUGenerator(4);
  const at::Tensor images = at::randn({7, 6}, generator).to(at::kDouble);
  const at::Tensor direction = at::randn({7, 5}, generator).to(at::kDouble);
  for (const Architecture& kind : architectures()) {
    const auto network = built(kind, smallInput());
    network->to(at::kDouble);
    network->train();
    const auto value = [&] {
      network->setGenerator(at::detail::createCPUGenerator(9));
      return (network->forward({.images = images, .subjects = {}}) * direction).sum();
    };
    value().backward();
    const at::NoGradGuard guard;
    const auto parameters = network->named_parameters();
    for (const auto& named : parameters) {
      at::Tensor flat = named.value().view(-1);
      const at::Tensor gradient = named.value().grad().contiguous().view(-1);
      for (const int64_t i : {int64_t{0}, flat.numel() / 2, flat.numel() - 1}) {
        constexpr double kStep = 1e-6;
        const double before = flat[i].item<double>();
        flat[i] = before + kStep;
        const double up = value().item<double>();
        flat[i] = before - kStep;
        const double down = value().item<double>();
        flat[i] = before;
        // Second differences are below 1e-6 of values near 10, divided by the step; a kink of LeakyReLU adds more, but
        // none lies this close.
        EXPECT_NEAR(gradient[i].item<double>(), (up - down) / (2 * kStep), 1e-6)
            << kind.id << " " << named.key() << " " << i;
      }
    }
  }
}

TEST(Networks, FirstWeightsAreOfTheSeedAloneAndWithinTorchsBounds) {
  const Architecture& kind = architecture("deep");
  const auto a = built(kind, smallInput()), b = built(kind, smallInput());
  for (size_t i = 0; i < stateOf(*a).size(); ++i) EXPECT_TRUE(stateOf(*a)[i].second.equal(stateOf(*b)[i].second));
  const auto parameters = a->named_parameters();
  const at::Tensor weight = parameters["block0.linear.weight"];
  const double bound = 1 / std::sqrt(6.0);
  EXPECT_LE(weight.abs().max().item<double>(), bound);
  EXPECT_GT(weight.abs().max().item<double>(), 0.99 * bound);
  EXPECT_NEAR(weight.mean().item<double>(), 0, 0.02);
  EXPECT_GT(parameters["out.bias"].abs().max().item<double>(), 0);
  EXPECT_EQ(parameters["block0.norm.weight"].min().item<double>(), 1);
}

TEST(Networks, AHeadPerSubjectIsALayerPerSubject) {
  LinearLayer layer(2, 1, 2);
  layer.named_parameters()["weight"].set_data(at::tensor({1.0F, 2.0F, 10.0F, 20.0F}).view({2, 2}));
  layer.named_parameters()["bias"].set_data(at::tensor({0.5F, 0.25F}));
  const at::Tensor x = at::tensor({1.0F, 1.0F, 2.0F, 0.0F, 0.0F, 1.0F}).view({3, 2});
  const at::Tensor y = layer.forward(x, at::tensor({1, 0, 1}, at::kLong));
  EXPECT_TRUE(y.equal(at::tensor({30.25F, 2.5F, 20.25F}).view({3, 1})));
}

TEST(Networks, StateGoesOutAndInByName) {
  const auto a = built(architecture("deep-residual"), smallInput());
  auto b = architecture("deep-residual").build(smallInput(), defaultsOf(architecture("deep-residual").params));
  loadState(*b, namedState(*a, "x/"), "x/");
  for (size_t i = 0; i < stateOf(*a).size(); ++i) EXPECT_TRUE(stateOf(*a)[i].second.equal(stateOf(*b)[i].second));
  std::vector<NamedTensor> wrong = namedState(*a);
  wrong[0].shape = {wrong[0].shape[1], wrong[0].shape[0]};
  EXPECT_EQ(testing::errorOf([&] { loadState(*b, wrong); }).where, wrong[0].name);
  wrong = namedState(*a);
  wrong.erase(wrong.begin());
  (void)testing::errorOf([&] { loadState(*b, wrong); });
}

TEST(Networks, DropoutKeepsTheMeanAndRestsInEvaluation) {
  const auto network = built(architecture("deep"), smallInput());
  network->setGenerator(at::detail::createCPUGenerator(1));
  const at::Tensor ones = at::tensor(std::vector<float>(20000, 1.0F));
  const at::Tensor dropped = network->dropout(ones, 0.25);
  EXPECT_NEAR(dropped.eq(0).to(at::kDouble).mean().item<double>(), 0.25, 0.02);
  EXPECT_NEAR(dropped.mean().item<double>(), 1, 0.03);
  network->eval();
  EXPECT_TRUE(network->dropout(ones, 0.25).equal(ones));
}

}  // namespace
}  // namespace corticast
