#include "core/training/internal/panel_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/random.h"
#include "core/linalg/aligned_matrix.h"
#include "core/training/internal/adamw_step.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using kernels::kPanelColumns;

TEST(AdamwStep, FirstByHand) {
  // g = 2 * 0.5 = 1: m = 0.1, v = 0.001, corrected both are 1, so w moves by the learning rate after the decay.
  float w = 1, m = 0, v = 0;
  kernels::takeStep(kernels::adamwStep(0.1, 0.5, 0.9, 0.999, 1e-8, 1, 2), 0.5F, w, m, v);
  EXPECT_NEAR(w, 1 * (1 - 0.1 * 0.5) - 0.1, 1e-6);
  EXPECT_NEAR(m, 0.1, 1e-7);
  EXPECT_NEAR(v, 0.001, 1e-9);
}

TEST(AdamwStep, OfZerosMovesNothing) {
  float w = 1, m = 2, v = 3;
  kernels::takeStep({}, 5, w, m, v);
  EXPECT_EQ(std::tuple(w, m, v), std::tuple(1, 2, 3));
}

AlignedMatrix randomMatrix(size_t rows, size_t cols, uint64_t stream) {
  AlignedMatrix values(rows, cols);
  Philox random(1, stream);
  for (size_t r = 0; r < rows; ++r)
    for (float& value : values.row(r)) value = static_cast<float>(random.uniform(0.1, 1));
  return values;
}

double dot(const auto& left, const auto& right, size_t count) {
  double sum = 0;
  for (size_t k = 0; k < count; ++k) sum += static_cast<double>(left(k)) * static_cast<double>(right(k));
  return sum;
}

struct Shape {
  size_t pictures, features;
};
// Whole tiles, rests of every size, a single row; with every kind of vectors that this CPU has.
class Panel : public ::testing::TestWithParam<std::tuple<Shape, size_t>> {
 protected:
  Panel() { kernels::useVectorPath(std::get<1>(GetParam())); }
  ~Panel() override { kernels::useVectorPath(0); }
  Shape shape = std::get<0>(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Shapes, Panel,
                         ::testing::Combine(::testing::Values(Shape{64, 128}, Shape{1, 1}, Shape{7, 65}, Shape{12, 24},
                                                              Shape{600, 19}),
                                            ::testing::Range<size_t>(0, kernels::vectorPaths().size())));

TEST_P(Panel, PredictionIsTheProduct) {
  const auto [pictures, features] = shape;
  const AlignedMatrix x = randomMatrix(pictures, features, 1), w = randomMatrix(features, kPanelColumns, 2);
  AlignedMatrix p(pictures, kPanelColumns);
  kernels::predictPanel(x.view(), w.view().data(), p.view().data());
  for (size_t i = 0; i < pictures; ++i)
    for (size_t c = 0; c < kPanelColumns; ++c) {
      const double expected =
          dot([&](size_t f) { return x.row(i)[f]; }, [&](size_t f) { return w.row(f)[c]; }, features);
      ASSERT_NEAR(p.row(i)[c], expected, 1e-6 * expected) << i << ' ' << c;
    }
}

kernels::AdamwStep stepOf(size_t column) {
  return kernels::adamwStep(1e-2, 1e-2, 0.9, 0.99, 1e-8, 1 + static_cast<int64_t>(column), 0.5);
}

kernels::PanelStep panelStep() {
  kernels::PanelStep panel{};
  for (size_t c = 0; c < kPanelColumns; ++c) kernels::setColumn(panel, c, stepOf(c));
  return panel;
}

struct Weights {
  explicit Weights(size_t features)
      : weight(randomMatrix(features, kPanelColumns, 3)),
        moment1(randomMatrix(features, kPanelColumns, 4)),
        moment2(randomMatrix(features, kPanelColumns, 5)) {}
  kernels::PanelWeights view() {
    return {.weight = weight.view().data(), .moment1 = moment1.view().data(), .moment2 = moment2.view().data()};
  }
  AlignedMatrix weight, moment1, moment2;
};

TEST_P(Panel, DescentIsTheGradientAndThenEveryColumnsOwnStep) {
  const auto [pictures, features] = shape;
  const AlignedMatrix x = randomMatrix(pictures, features, 1), residual = randomMatrix(pictures, kPanelColumns, 2);
  Weights stepped(features), expected(features);
  kernels::descendPanel(x.view(), residual.view().data(), panelStep(), stepped.view());
  for (size_t f = 0; f < features; ++f)
    for (size_t c = 0; c < kPanelColumns; ++c) {
      const double gradient =
          dot([&](size_t i) { return x.row(i)[f]; }, [&](size_t i) { return residual.row(i)[c]; }, pictures);
      float &w = expected.weight.row(f)[c], &m = expected.moment1.row(f)[c], &v = expected.moment2.row(f)[c];
      kernels::takeStep(stepOf(c), static_cast<float>(gradient), w, m, v);
      ASSERT_NEAR(stepped.weight.row(f)[c], w, 1e-6) << f << ' ' << c;
      ASSERT_NEAR(stepped.moment1.row(f)[c], m, 1e-5 * std::abs(m)) << f << ' ' << c;
      ASSERT_NEAR(stepped.moment2.row(f)[c], v, 1e-5 * std::abs(v)) << f << ' ' << c;
    }
}

TEST(PanelDescent, AColumnMovesAlikeWhateverStandsBesideIt) {
  const AlignedMatrix x = randomMatrix(300, 31, 1), all = randomMatrix(300, kPanelColumns, 2);
  Weights together(31), alone(31);
  kernels::descendPanel(x.view(), all.view().data(), panelStep(), together.view());
  AlignedMatrix one(300, kPanelColumns);
  for (size_t i = 0; i < 300; ++i) one.row(i)[7] = all.row(i)[7];
  kernels::descendPanel(x.view(), one.view().data(), panelStep(), alone.view());
  for (size_t f = 0; f < 31; ++f) EXPECT_EQ(together.weight.row(f)[7], alone.weight.row(f)[7]) << f;
}

TEST_P(Panel, BitsOfAStepAreThoseOfOneValue) {
  Weights stepped(1), expected(1);
  const AlignedMatrix gradient = randomMatrix(1, kPanelColumns, 6);
  kernels::stepPanelRow(panelStep(), gradient.view().data(), stepped.view());
  for (size_t c = 0; c < kPanelColumns; ++c) {
    float &w = expected.weight.row(0)[c], &m = expected.moment1.row(0)[c], &v = expected.moment2.row(0)[c];
    kernels::takeStep(stepOf(c), gradient.row(0)[c], w, m, v);
    EXPECT_EQ(stepped.weight.row(0)[c], w) << c;
  }
}

TEST(PanelResiduals, SubtractTheRowsThatAreNamedAndSumPerColumn) {
  AlignedMatrix prediction(2, kPanelColumns);
  for (size_t i = 0; i < 2; ++i)
    for (size_t c = 0; c < 4; ++c) prediction.row(i)[c] = static_cast<float>(1 + 3 * i + c);
  const Matrix<float> response(3, 3, {9, 9, 9, 1, 1, 1, 2, 2, 2});
  const std::vector<uint32_t> rows = {2, 1};
  const std::vector<float> bias = {0, 10, 0};
  std::vector<float> sums(3, 99), squares(3, 99);
  kernels::residualPanel(prediction.view().data(), {.values = response.view(), .rows = rows}, bias.data(), sums.data(),
                         squares.data());
  EXPECT_THAT(prediction.row(0).first(4), ::testing::ElementsAre(-1, 10, 1, 4)) << "the fourth column has no response";
  EXPECT_THAT(prediction.row(1).first(4), ::testing::ElementsAre(3, 14, 5, 7));
  EXPECT_THAT(sums, ::testing::ElementsAre(2, 24, 6));
  EXPECT_THAT(squares, ::testing::ElementsAre(10, 296, 26));
}

TEST(PanelResiduals, WhatWasNotMeasuredCountsNowhere) {
  AlignedMatrix prediction(2, kPanelColumns);
  prediction.row(0)[0] = prediction.row(1)[0] = 5;
  const Matrix<float> response(2, 1, {std::numeric_limits<float>::quiet_NaN(), 2});
  const std::vector<uint32_t> rows = {0, 1};
  float bias = 1, sum = 99, square = 99;
  kernels::residualPanel(prediction.view().data(), {.values = response.view(), .rows = rows, .isMasked = true}, &bias,
                         &sum, &square);
  EXPECT_EQ(prediction.row(0)[0], 0);
  EXPECT_EQ(prediction.row(1)[0], 4);
  EXPECT_EQ(sum, 4);
  EXPECT_EQ(square, 16);
}

}  // namespace
}  // namespace corticast
