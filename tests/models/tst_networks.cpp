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

/// Of several heads, every answer of every vertex is a target.
NetworkInput smallInput(int64_t heads = 1) {
  NetworkInput input{.imageShape = {6}, .targets = 5 * heads, .positions = Matrix<float>(5, 3), .heads = heads};
  for (int64_t answer = 0; heads > 1 && answer < input.targets; ++answer) input.answers.push_back(answer);
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
    EXPECT_EQ(network->forward(images).sizes(), at::IntArrayRef({7, 5})) << kind.id;
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
      return (network->forward(images) * direction).sum();
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

/// Copies the weights of `from` into `to`, of parameters with more rows in `from` only row `head`.
void copyHead(const Network& from, Network& to, int64_t head) {
  const at::NoGradGuard guard;
  const auto all = from.named_parameters();
  for (auto& own : to.named_parameters()) {
    const at::Tensor& source = all[own.key()];
    own.value().copy_(source.size(0) == own.value().size(0) ? source : source.narrow(0, head, 1));
  }
}

TEST(Networks, AHeadPerSubjectIsALastLayerPerSubject) {
  const at::Tensor images = at::randn({7, 6}, at::detail::createCPUGenerator(4));
  for (const Architecture& kind : architectures()) {
    if (kind.surfaceParam.empty()) continue;
    NetworkInput input = smallInput(2);
    // Vertex 0 of subject 0, vertices 4 and 1 of subject 1, vertex 4 of subject 0.
    input.answers = {0, 9, 3, 8};
    input.targets = 4;
    const auto both = built(kind, input);
    both->eval();
    const at::NoGradGuard guard;
    const at::Tensor answers = both->forward(images);
    ASSERT_EQ(answers.sizes(), at::IntArrayRef({7, 4}));
    for (const int64_t head : {0, 1}) {
      const auto one = built(kind, smallInput());
      copyHead(*both, *one, head);
      one->eval();
      const at::Tensor alone = one->forward(images);
      for (size_t t = 0; t < input.answers.size(); ++t) {
        const double difference = (answers.select(1, static_cast<int64_t>(t)) - alone.select(1, input.answers[t] / 2))
                                      .abs()
                                      .max()
                                      .item<double>();
        if (input.answers[t] % 2 == head)
          EXPECT_LT(difference, 1e-6) << kind.id << " target " << t;  // the same sums, perhaps in another order
        else
          EXPECT_GT(difference, 1e-3) << kind.id << " target " << t;
      }
    }
    input.answers[3] = 10;
    EXPECT_EQ(testing::errorOf([&] { (void)kind.build(input, defaultsOf(kind.params)); }).where, kind.id);
    input.answers.pop_back();
    (void)testing::errorOf([&] { (void)kind.build(input, defaultsOf(kind.params)); });
  }
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
