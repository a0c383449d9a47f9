#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/models/internal/norm_activation.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

struct Case {
  int64_t images, vertices, channels;
  bool isShared, hasMask;
};

void PrintTo(const Case& c, std::ostream* stream) {
  *stream << c.images << " x " << c.vertices << " x " << c.channels << (c.isShared ? ", shared" : "")
          << (c.hasMask ? ", masked" : "");
}

/// Everything that one way of computing gives.
struct Result {
  at::Tensor x, r, q, weight, bias, mean, variance;
};

class NormActivationCase : public ::testing::TestWithParam<Case> {
 protected:
  template <typename Way>
  Result resultOf(at::ScalarType type, const Way& way) const {
    const Case& c = GetParam();
    const at::Generator generator = at::detail::createCPUGenerator(7);
    const auto draw = [&](at::IntArrayRef shape) {
      // Far from zero, so that moments computed carelessly cancel.
      return (at::randn(shape, generator) * 2 + 30).to(type).requires_grad_(true);
    };
    NormActivation layer(c.channels, 0.01, 0.25);
    layer.to(type);
    layer.train();
    at::Tensor weight = layer.named_parameters()["weight"], bias = layer.named_parameters()["bias"];
    {
      const at::NoGradGuard guard;
      weight.copy_(at::randn({c.channels}, generator));
      bias.copy_(at::randn({c.channels}, generator));
    }
    const at::Tensor r = draw({c.images, c.isShared ? 1 : c.vertices, c.channels}), q = draw({c.vertices, c.channels});
    at::Tensor mask = at::empty({c.images, c.vertices, c.channels}, at::kByte);
    mask.bernoulli_(0.75, generator);
    const at::Tensor direction = at::randn(mask.sizes(), generator).to(type);
    const at::Tensor x = way(layer, r, q, c.hasMask ? mask : at::Tensor());
    (x * direction).sum().backward();
    const auto buffers = layer.named_buffers();
    EXPECT_EQ(buffers["num_batches_tracked"].item<int64_t>(), 1);
    return {
        x.detach(), r.grad(), q.grad(), weight.grad(), bias.grad(), buffers["running_mean"], buffers["running_var"]};
  }
};

double relativeDifference(const at::Tensor& a, const at::Tensor& b) {
  return ((a.to(at::kDouble) - b).abs().max() / (1 + b.abs().max())).item<double>();
}

TEST_P(NormActivationCase, InOnePassIsWhatTorchsOperationsGive) {
  const auto byOperations = [](NormActivation& layer, auto&&... all) { return layer.byOperations(all...); };
  const auto inOnePass = [](NormActivation& layer, auto&&... all) { return layer.inOnePass(all...); };
  const Result exact = resultOf(at::kDouble, byOperations);
  for (const auto& [type, tolerance] : {std::pair(at::kDouble, 1e-11), std::pair(at::kFloat, 2e-5)}) {
    Result ours = resultOf(type, inOnePass);
    EXPECT_LT(relativeDifference(ours.x, exact.x), tolerance);
    EXPECT_LT(relativeDifference(ours.r, exact.r), tolerance);
    EXPECT_LT(relativeDifference(ours.q, exact.q), tolerance);
    EXPECT_LT(relativeDifference(ours.weight, exact.weight), tolerance);
    EXPECT_LT(relativeDifference(ours.bias, exact.bias), tolerance);
    EXPECT_LT(relativeDifference(ours.mean, exact.mean), tolerance);
    EXPECT_LT(relativeDifference(ours.variance, exact.variance), tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, NormActivationCase,
                         ::testing::Values(Case{5, 37, 7, false, false}, Case{5, 37, 7, false, true},
                                           Case{5, 37, 7, true, false}, Case{5, 37, 7, true, true},
                                           Case{3, 1, 33, false, true}, Case{1, 600, 16, true, true},
                                           Case{2, 700, 1, false, true}));

TEST(NormActivation, DoesNotDependOnTheNumberOfThreads) {
  const at::Generator generator = at::detail::createCPUGenerator(7);
  const at::Tensor r = at::randn({16, 300, 12}, generator), q = at::randn({300, 12}, generator).requires_grad_(true);
  const int before = at::get_num_threads();
  std::vector<at::Tensor> all;
  for (const int threads : {1, 2, 5}) {
    at::set_num_threads(threads);
    NormActivation layer(12, 0.01, 0);
    const at::Tensor x = layer.inOnePass(r, q, {});
    all.push_back(torch::autograd::grad({x.pow(3).sum()}, {q})[0]);
    EXPECT_TRUE(all.front().equal(all.back())) << threads;
  }
  at::set_num_threads(before);
}

TEST(NormActivation, DropsTheShareItIsToldAndScalesTheRest) {
  constexpr double kProbability = 0.2;
  NormActivation layer(8, 1, kProbability);  // slope 1: LeakyReLU changes nothing
  const at::Tensor r = at::randn({50, 100, 8}, at::detail::createCPUGenerator(3)), q = at::zeros({100, 8});
  const at::Tensor x = layer.forward(r, q, at::detail::createCPUGenerator(5)).detach();
  NormActivation whole(8, 1, 0);
  const at::Tensor kept = whole.forward(r, q, {}).detach() / (1 - kProbability);
  const at::Tensor isDropped = x.eq(0);
  // 40,000 draws: four standard deviations of a share are 4 sqrt(0.2 * 0.8 / 40,000) = 0.008.
  EXPECT_NEAR(isDropped.to(at::kDouble).mean().item<double>(), kProbability, 0.008);
  EXPECT_LT((x - kept).masked_fill(isDropped, 0).abs().max().item<double>(), 1e-5);
  layer.eval();
  EXPECT_EQ(layer.forward(r, q, {}).eq(0).sum().item<int64_t>(), 0);
}

}  // namespace
}  // namespace corticast
