#include <cmath>

#include "core/base/random.h"
#include "core/training/internal/linear_kernels.h"
#include "core/training/internal/validation.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

TEST(Adamw, FirstStepByHand) {
  // g = 2 * 0.5 = 1: m = 0.1, v = 0.001, corrected both are 1, so w moves by the learning rate after the decay.
  float w = 1, m = 0, v = 0;
  const float g = 0.5F;
  const auto step = kernels::adamwStep(0.1, 0.5, 0.9, 0.999, 1e-8, 1, 2);
  kernels::adamw(step, &w, &m, &v, &g, 1);
  EXPECT_NEAR(w, 1 * (1 - 0.1 * 0.5) - 0.1, 1e-6);
  EXPECT_NEAR(m, 0.1, 1e-7);
  EXPECT_NEAR(v, 0.001, 1e-9);
}

TEST(Adamw, EveryPositionOfALongRowFollowsTheFormula) {
  // 37 values: full vectors of 16 and 8 and a rest.
  std::vector<float> w(37), m(37), v(37), g(37);
  Philox random(1);
  for (size_t i = 0; i < w.size(); ++i) {
    w[i] = static_cast<float>(random.normal());
    m[i] = static_cast<float>(random.normal());
    v[i] = static_cast<float>(random.uniform(0.1, 1));
    g[i] = static_cast<float>(random.normal());
  }
  const auto before = std::tuple(w, m, v);
  const auto step = kernels::adamwStep(1e-2, 1e-2, 0.9, 0.99, 1e-8, 7, 0.5);
  kernels::adamw(step, w.data(), m.data(), v.data(), g.data(), w.size());
  for (size_t i = 0; i < w.size(); ++i) {
    const double gradient = 0.5 * static_cast<double>(g[i]);
    const double mean = 0.9 * static_cast<double>(std::get<1>(before)[i]) + 0.1 * gradient;
    const double square = 0.99 * static_cast<double>(std::get<2>(before)[i]) + 0.01 * gradient * gradient;
    const double denominator = std::sqrt(square) / std::sqrt(1 - std::pow(0.99, 7)) + 1e-8;
    const double expected =
        static_cast<double>(std::get<0>(before)[i]) * (1 - 1e-4) - 1e-2 / (1 - std::pow(0.9, 7)) * mean / denominator;
    EXPECT_NEAR(w[i], expected, 1e-6) << i;
    EXPECT_NEAR(m[i], mean, 1e-6) << i;
    EXPECT_NEAR(v[i], square, 1e-6) << i;
  }
}

TEST(Residuals, SubtractTheRowsThatAreNamedAndSumPerColumn) {
  Matrix<float> prediction(2, 3, {1, 2, 3, 4, 5, 6});
  const Matrix<float> response(3, 3, {9, 9, 9, 1, 1, 1, 2, 2, 2});
  const std::vector<uint32_t> rows = {2, 1};
  const std::vector<float> bias = {0, 10, 0};
  std::vector<float> sums(3, 99), squares(3, 99);
  kernels::residuals(prediction.view(), response.view(), rows, bias.data(), sums.data(), squares.data());
  EXPECT_THAT(prediction.values(), ::testing::ElementsAre(-1, 10, 1, 3, 14, 5));
  EXPECT_THAT(sums, ::testing::ElementsAre(2, 24, 6));
  EXPECT_THAT(squares, ::testing::ElementsAre(10, 296, 26));
}

TEST(ScoreValidation, ByHand) {
  const Matrix<float> prediction(3, 3, {1, 5, 1, 2, 5, 0, 3, 5, 0});
  const Matrix<float> response(3, 3, {2, 1, 0, 4, 2, 1, 6, 3, 1});
  const std::vector<float> bias = {1, 0, 0};
  const ValidationScores scores = scoreValidation(prediction.view(), bias, response.view());
  EXPECT_THAT(scores.squaredError, ::testing::ElementsAre(0 + 1 + 4, 16 + 9 + 4, 1 + 1 + 1));
  EXPECT_FLOAT_EQ(scores.correlation[0], 1);
  EXPECT_TRUE(std::isnan(scores.correlation[1])) << "a constant prediction has no correlation";
  EXPECT_FLOAT_EQ(scores.correlation[2], -1);
}

}  // namespace
}  // namespace corticast
