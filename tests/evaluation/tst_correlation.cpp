#include "core/evaluation/correlation.h"

#include <cmath>

#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

namespace {

// The sequence of tests/oracles/evaluation.py, exact in float32.
Matrix<float> sequence(size_t rows, size_t cols, uint64_t seed) {
  Matrix<float> matrix(rows, cols);
  for (float& value : matrix.values()) {
    seed = (1103515245 * seed + 12345) % (1ULL << 31);
    value = static_cast<float>((seed >> 16) % 1000);
  }
  return matrix;
}

struct Example {
  Matrix<float> x = sequence(20, 3, 1);
  Matrix<float> y = sequence(20, 3, 2);
  Example() {
    for (size_t row = 0; row < 20; ++row)
      for (size_t col = 0; col < 3; ++col)
        y(row, col) += 0.5F * x(row, col) + (col == 1 ? 100000.0F : col == 2 ? 5.0F : 0.0F);
  }
};

}  // namespace

TEST(Correlation, agreesByHand) {
  const Matrix<float> x(3, 1, {1, 2, 3});
  const Matrix<float> y(3, 1, {1, 3, 2});
  EXPECT_FLOAT_EQ(pearson(x.view(), y.view())[0], 0.5F);
}

// Figures by SciPy and scikit-learn; float32 output carries 1e-7.
TEST(Correlation, agreesWithSciPy) {
  const Example example;
  PearsonAccumulator accumulator(3);
  accumulator.add(example.x.view(), example.y.view());
  const auto r = accumulator.correlation();
  EXPECT_NEAR(r[0], 0.6730983875585248, 1e-7);
  EXPECT_NEAR(r[1], 0.48073209820398466, 1e-7);
  EXPECT_NEAR(r[2], 0.3454969556875126, 1e-7);
  const auto r2 = accumulator.determination();
  EXPECT_NEAR(r2[0], -0.6563275943807931, 1e-6);
  EXPECT_NEAR(r2[1] / -127472.75862510978, 1, 1e-6);
  EXPECT_NEAR(r2[2], -0.6672933666107503, 1e-6);
}

TEST(Correlation, isTheSameInBlocks) {
  const Example example;
  PearsonAccumulator blocks(3);
  blocks.add(example.x.view().block(0, 0, 7, 3), example.y.view().block(0, 0, 7, 3));
  blocks.add(example.x.view().block(7, 0, 13, 3), example.y.view().block(7, 0, 13, 3));
  EXPECT_EQ(blocks.correlation(), pearson(example.x.view(), example.y.view()));
  EXPECT_EQ(blocks.rows(), 20U);
}

TEST(Correlation, ignoresShiftAndScaleAndTurnsWithSign) {
  const Example example;
  Matrix<float> scaled = example.x;
  for (float& value : scaled.values()) value = -4 * value + 512;
  const auto r = pearson(example.x.view(), example.y.view());
  const auto turned = pearson(scaled.view(), example.y.view());
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(turned[i], -r[i], 1e-6);
}

TEST(Correlation, isUndefinedForConstants) {
  Matrix<float> constant(20, 3);
  for (float& value : constant.values()) value = 0.1F;
  const Example example;
  for (const float r : pearson(constant.view(), example.y.view())) EXPECT_TRUE(std::isnan(r));
  for (const float r : pearson(example.x.view(), constant.view())) EXPECT_TRUE(std::isnan(r));
  EXPECT_TRUE(std::isnan(pearson(example.x.view().block(0, 0, 1, 3), example.y.view().block(0, 0, 1, 3))[0]));
}

TEST(Correlation, refusesShapesThatDisagree) {
  const Matrix<float> x(4, 3), y(5, 3);
  EXPECT_EQ(errorOf([&] { (void)pearson(x.view(), y.view()); }).where, "predictions 4 x 3, responses 5 x 3");
}
