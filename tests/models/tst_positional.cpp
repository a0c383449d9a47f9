#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <nlohmann/json.hpp>

#include "core/models/internal/network.h"
#include "core/models/internal/positional_network.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

const Architecture& positional() {
  return architecture("positional");
}

Json settingsWith(const Json& changes) {
  Json values = defaultsOf(positional().params);
  values.update(changes);
  return values;
}

NetworkInput smallInput(int64_t vertices, std::vector<int64_t> shape = {5}, int64_t heads = 1) {
  NetworkInput input{.imageShape = std::move(shape),
                     .targets = vertices * heads,
                     .positions = Matrix<float>(static_cast<size_t>(vertices), 3),
                     .heads = heads};
  for (int64_t answer = 0; heads > 1 && answer < input.targets; ++answer) input.answers.push_back(answer);
  Philox random(2);
  for (float& value : input.positions.values()) value = static_cast<float>(random.uniform());
  input.order = random.permutation(input.positions.rows());
  return input;
}

std::shared_ptr<Network> built(const NetworkInput& input, const Json& values) {
  auto network = positional().build(input, values);
  Philox random(1);
  network->drawWeights(random);
  return network;
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

const std::vector<Json> kVariants = {
    Json::object(),
    {{"positionalResidual", true}},
    {{"positionalInput", "gate"}, {"positionalDropout", 0}},
    {{"positionalKernel", 3}, {"positionalInput", "gate"}, {"positionalResidual", true}},
    {{"positionalTrunk", "linear"}, {"positionalAreaWidth", 3}, {"positionalKernel", 5}},
    {{"positionalTrunk", "conv2d"}, {"positionalAreaWidth", 3}, {"positionalTrunkChannels", {3, 2}}},
    {{"positionalOutput", "positions"}, {"positionalChannels", {4, 3, 2}}},
};

TEST(Positional, CountsItsWeights) {
  for (const Json& changes : kVariants)
    for (const int64_t heads : {1, 2}) {
      NetworkInput input = smallInput(9, {2, 7, 7}, heads);
      const Json values = settingsWith(changes);
      if (positional().returnsPositions(values)) {
        if (heads > 1) continue;
        input.targets *= 3;
      }
      uint64_t count = 0;
      for (const at::Tensor& parameter : built(input, values)->parameters())
        count += static_cast<uint64_t>(parameter.numel());
      EXPECT_EQ(positional().cost(input, values).weights, count) << changes;
    }
}

TEST(Positional, CountsWhatItsPassKeeps) {
  const auto kept = [](const Json& changes) {
    Json values = settingsWith(changes);
    values["positionalChannels"] = {4, 2};
    return positional().cost(smallInput(3), values).activations;
  };
  // Per vertex: 4 after the first activation; before and after the second one 2 each, and 2 bytes of its mask; 1.
  EXPECT_EQ(kept({{"positionalDropout", 0.2}}), 3 * (4 + 2 * 2 + 2 * 0.25 + 1));
  // Of every layer also what is before the gate, and of the first what is after it.
  EXPECT_EQ(kept({{"positionalDropout", 0}, {"positionalInput", "gate"}}), 3 * (3 * 4 + 3 * 2 + 2));
}

// In double, with batch statistics, and dropout by the same masks in every pass.
TEST(Positional, GradientsAreCentralDifferences) {
  for (Json changes : kVariants) {
    if (!changes.contains("positionalChannels")) changes["positionalChannels"] = {5, 4, 4, 3};
    changes["positionalEncodingWidth"] = 4;
    const Json values = settingsWith(changes);
    NetworkInput input = smallInput(4, {2, 5, 5});
    if (positional().returnsPositions(values)) input.targets *= 3;
    const auto network = built(input, values);
    network->to(at::kDouble);
    network->train();
    const at::Generator generator = at::detail::createCPUGenerator(4);
    const at::Tensor images = at::randn({6, 2, 5, 5}, generator).to(at::kDouble);
    const at::Tensor direction = at::randn({6, input.targets}, generator).to(at::kDouble);
    const auto value = [&] {
      network->setGenerator(at::detail::createCPUGenerator(9));
      return (network->forward(images) * direction).sum();
    };
    value().backward();
    const at::NoGradGuard guard;
    for (const auto& each : network->named_parameters()) {
      const at::Tensor parameter = each.value();
      at::Tensor flat = parameter.view(-1);
      const at::Tensor gradient = parameter.grad().contiguous().view(-1);
      for (int64_t i = 0; i < flat.numel(); i += std::max<int64_t>(1, flat.numel() / 7)) {
        constexpr double kStep = 1e-6;
        const double before = flat[i].item<double>();
        flat[i] = before + kStep;
        const double up = value().item<double>();
        flat[i] = before - kStep;
        const double down = value().item<double>();
        flat[i] = before;
        // Rounding: values near 10 x 1e-16 / step; curvature x step^2 is far less.
        EXPECT_NEAR(gradient[i].item<double>(), (up - down) / (2 * kStep),
                    2e-7 * (1 + std::abs(gradient[i].item<double>())))
            << changes << " " << each.key() << " " << i;
      }
    }
  }
}

TEST(Positional, VerticesDifferOnlyByTheirPositions) {
  NetworkInput input = smallInput(6);
  std::ranges::copy(std::as_const(input.positions).row(1), input.positions.row(4).begin());
  for (const std::string way : {"concatenate", "gate"}) {
    const auto network = built(input, settingsWith({{"positionalInput", way}}));
    network->eval();
    const at::NoGradGuard guard;
    const at::Tensor out = network->forward(at::randn({3, 5}, at::detail::createCPUGenerator(4)));
    EXPECT_LT(largestDifference(out.select(1, 1), out.select(1, 4)), 1e-6);
    EXPECT_GT(largestDifference(out.select(1, 1), out.select(1, 2)), 1e-4);
  }
}

TEST(Positional, WithAKernelAVertexSeesItsNeighboursAlongTheSurface) {
  NetworkInput input = smallInput(9);
  const Json values = settingsWith({{"positionalKernel", 3}, {"positionalChannels", {4}}, {"positionalDropout", 0}});
  const auto saidFor = [&] {
    const auto network = built(input, values);
    network->eval();
    const at::NoGradGuard guard;
    return network->forward(at::ones({1, 5})).squeeze(0);
  };
  const at::Tensor before = saidFor();
  input.positions(input.order[4], 0) += 0.3F;
  const at::Tensor changed = (saidFor() - before).abs();
  // Two Conv1d of kernel 3 reach two vertices to either side.
  for (size_t i = 0; i < 9; ++i)
    EXPECT_EQ(changed[input.order[i]].item<double>() > 0, i >= 2 && i <= 6) << "place " << i;
}

TEST(Positional, DropoutIsDrawnWhileTrainingFromTheNetworksGenerator) {
  const auto network = built(smallInput(5), settingsWith(Json::object()));
  const at::Tensor images = at::randn({8, 5}, at::detail::createCPUGenerator(4));
  const auto said = [&](uint64_t seed) {
    network->setGenerator(at::detail::createCPUGenerator(seed));
    const at::NoGradGuard guard;
    return network->forward(images);
  };
  network->train();
  const at::Tensor one = said(1);
  EXPECT_TRUE(one.equal(said(1)));
  EXPECT_GT(largestDifference(one, said(2)), 1e-3);
  network->eval();
  EXPECT_TRUE(said(1).equal(said(2)));
}

TEST(Positional, WhatDoesNotGoTogetherIsNamed) {
  const auto whyNot = [](const NetworkInput& input, const Json& changes) {
    return testing::errorOf([&] { (void)positional().build(input, settingsWith(changes)); }).why;
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(whyNot(smallInput(5), {{"positionalKernel", 4}}), HasSubstr("kernel is 4"));
  EXPECT_THAT(whyNot(smallInput(5), {{"positionalEncodingWidth", 5}}), HasSubstr("width is 5"));
  EXPECT_THAT(whyNot(smallInput(5), {{"positionalTrunk", "conv2d"}}), HasSubstr("1 dimension"));
  EXPECT_THAT(
      whyNot(smallInput(5, {2, 4, 4}), {{"positionalTrunk", "conv2d"}, {"positionalTrunkChannels", Json::array()}}),
      HasSubstr("no layer"));
  NetworkInput input = smallInput(5);
  input.order = {0, 1, 2, 2, 4};
  EXPECT_THAT(whyNot(input, {{"positionalKernel", 3}}), HasSubstr("order along the surface"));
  input.positions = Matrix<float>(4, 3);
  EXPECT_THAT(whyNot(input, Json::object()), HasSubstr("5 targets, but positions of 4"));
  input.positions = {};
  EXPECT_THAT(whyNot(input, Json::object()), HasSubstr("positions of 0"));
}

TEST(PositionEncoding, IsSinesAndCosinesPerAxis) {
  const Matrix<float> positions(1, 3, {0.5F, 0, 1});
  const Matrix<float> encoded = encodePositions(positions.view(), {.width = 4, .scale = 10, .base = 100});
  // Rates 10 and 10 / 100^(2/4) = 1.
  const std::vector<double> expected = {std::sin(5.0),  std::cos(5.0),  std::sin(0.5), std::cos(0.5), 0, 1, 0, 1,
                                        std::sin(10.0), std::cos(10.0), std::sin(1.0), std::cos(1.0)};
  ASSERT_EQ(encoded.cols(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_FLOAT_EQ(encoded(0, i), static_cast<float>(expected[i])) << i;
}

}  // namespace
}  // namespace corticast
