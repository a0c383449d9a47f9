#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include "core/training/group_settings.h"
#include "core/training/internal/loss_terms.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

double valueOf(const Loss& loss, const GroupSettings& settings, const at::Tensor& p, const at::Tensor& y,
               const at::Tensor& present = {}, const at::Tensor& weight = {}) {
  const LossTerms terms =
      loss.terms({.settings = settings, .prediction = p, .target = y, .present = present, .weight = weight});
  return (terms.sums.sum() / terms.counts.sum()).item<double>();
}

// Two columns, three pictures.
const std::vector<double> kPrediction = {1, 0, 3, 1, 2, -1};
const std::vector<double> kTarget = {0, 0, 1, 3, 2, 1};
at::Tensor table(const std::vector<double>& values) {
  return at::tensor(values, at::kDouble).view({3, 2});
}

TEST(Losses, AreWhatTheyAreByHand) {
  GroupSettings settings;
  settings.smoothL1Beta = 1.5;
  const at::Tensor p = table(kPrediction), y = table(kTarget);
  EXPECT_DOUBLE_EQ(valueOf(loss("mse"), settings, p, y), (1 + 0 + 4 + 4 + 0 + 4) / 6.0);
  // Residuals 1, 0, 2, -2, 0, -2: below 1.5 squared over 2 * 1.5, beyond |d| - 1.5 / 2.
  EXPECT_DOUBLE_EQ(valueOf(loss("smooth-l1"), settings, p, y), (1 / 3.0 + 3 * 1.25) / 6);
  // Column 0: (1, 3, 2) with (0, 1, 2): r = 1 / 2. Column 1: (0, 1, -1) with (0, 3, 1): r = 2 / sqrt(2 * 14 / 3).
  EXPECT_NEAR(valueOf(loss("pearson"), settings, p, y), 1 - (0.5 + 2 / std::sqrt(2 * 14 / 3.0)) / 2, 1e-12);
  EXPECT_DOUBLE_EQ(valueOf(loss("noise-mse"), settings, p, y, {}, at::tensor(std::vector<double>{2, 0.5}, at::kDouble)),
                   (2 * (1 + 4 + 0) + 0.5 * (0 + 4 + 4)) / 6);
}

TEST(Losses, NoiseWeightsAreInverseNoiseVariancesOfMeanOne) {
  const at::Tensor weights = noiseWeights(at::tensor(std::vector<double>{1, 2, 4}, at::kDouble),
                                          at::tensor(std::vector<double>{0.5, 0.75, 0.99}, at::kDouble));
  // Noise 0.5, 0.5, and 4 * 0.05 since a share below 0.05 is taken as that.
  const double mean = (2 + 2 + 5) / 3.0;
  EXPECT_NEAR(weights[0].item<double>(), 2 / mean, 1e-12);
  EXPECT_NEAR(weights[1].item<double>(), 2 / mean, 1e-12);
  EXPECT_NEAR(weights[2].item<double>(), 5 / mean, 1e-12);
}

TEST(Losses, AMissingValueIsAsIfItsTermWereNotThere) {
  const GroupSettings settings;
  const at::Tensor present = table({1, 0, 1, 1, 0, 1});
  at::Tensor y = table(kTarget) * present;
  EXPECT_DOUBLE_EQ(valueOf(loss("mse"), settings, table(kPrediction), y, present), (1 + 4 + 4 + 4) / 4.0);
  EXPECT_DOUBLE_EQ(valueOf(loss("smooth-l1"), settings, table(kPrediction), y, present), (0.5 + 3 * 1.5) / 4);
  // Of each column two pictures are left, and both rise or fall together: r = 1 or -1.
  EXPECT_NEAR(valueOf(loss("pearson"), settings, table(kPrediction), y, present), 0, 1e-12);
}

TEST(Losses, AConstantResponseHasNoCorrelationTerm) {
  const GroupSettings settings;
  const LossTerms terms = loss("pearson").terms({.settings = settings,
                                                 .prediction = table(kPrediction),
                                                 .target = table({1, 0, 1, 3, 1, 1}),
                                                 .present = {},
                                                 .weight = {}});
  EXPECT_EQ(terms.counts[0].item<double>(), 0);
  EXPECT_EQ(terms.sums[0].item<double>(), 0);
  EXPECT_EQ(terms.counts[1].item<double>(), 1);
}

TEST(Losses, GradientsAreCentralDifferences) {
  GroupSettings settings;
  settings.smoothL1Beta = 1.7;  // no residual of the table lies at the corner
  const at::Tensor present = table({1, 1, 1, 1, 0, 1}), weight = at::tensor(std::vector<double>{2, 0.5}, at::kDouble);
  for (const Loss& each : losses()) {
    for (const bool isMasked : {false, true}) {
      const at::Tensor mask = isMasked ? present : at::Tensor();
      const at::Tensor y = isMasked ? table(kTarget) * present : table(kTarget);
      at::Tensor p = table({1.1, 0.2, 3, 1, 2.3, -1}).set_requires_grad(true);
      const LossTerms terms =
          each.terms({.settings = settings, .prediction = p, .target = y, .present = mask, .weight = weight});
      (terms.sums.sum() / terms.counts.sum()).backward();
      constexpr double kStep = 1e-6;
      for (int64_t i = 0; i < p.numel(); ++i) {
        at::Tensor up = p.detach().clone(), down = p.detach().clone();
        up.view(-1)[i] += kStep;
        down.view(-1)[i] -= kStep;
        const double slope =
            (valueOf(each, settings, up, y, mask, weight) - valueOf(each, settings, down, y, mask, weight)) /
            (2 * kStep);
        EXPECT_NEAR(p.grad().view(-1)[i].item<double>(), slope, 1e-8) << each.id << " " << i;
      }
    }
  }
}

TEST(Losses, AnUnknownOneIsNamed) {
  EXPECT_THAT(testing::errorOf([] { (void)loss("mes"); }).remedy, ::testing::HasSubstr("mse"));
}

}  // namespace
}  // namespace corticast
