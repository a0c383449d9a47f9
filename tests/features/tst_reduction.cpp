#include "core/features/reduction.h"

#include <cmath>
#include <fstream>

#include "core/formats/safetensors.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using corticast::testing::testFile;

namespace {

// The table of tests/oracles/reduction.py.
Matrix<float> table(size_t rows, size_t cols) {
  Matrix<float> x(rows, cols);
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; ++j) {
      const auto r = static_cast<double>(i);
      const auto c = static_cast<double>(j);
      x(i, j) = static_cast<float>(std::sin(0.7 * r + 1.3 * c) * (1 + c) + std::cos(0.11 * r * (c + 1)) +
                                   static_cast<double>((i * 31 + j * 17) % 23) / 7.0);
      if (j == 3) x(i, j) = 2.5F;
    }
  return x;
}

MatrixView<const float> top(const Matrix<float>& x, size_t rows) {
  return x.view().block(0, 0, rows, x.cols());
}

void expectValues(std::ifstream& expected, const Matrix<float>& actual, double tolerance) {
  for (const float value : actual.values()) {
    double wanted = 0;
    ASSERT_TRUE(expected >> wanted);
    ASSERT_NEAR(value, wanted, tolerance);
  }
}

class ReductionOracle : public ::testing::TestWithParam<const char*> {};

}  // namespace

TEST_P(ReductionOracle, agreesWithScikitLearn) {
  std::ifstream expected(testFile(std::string("features/data/reduction_") + GetParam() + ".txt"));
  size_t trainRows = 0;
  size_t cols = 0;
  int components = 0;
  ASSERT_TRUE(expected >> trainRows >> cols >> components);
  const Matrix<float> x = table(trainRows + 5, cols);
  // Float32 outputs of size up to 10: half a unit in the last place is 5e-7, and a component sums `cols` of them.
  const Reduction scaled = Reduction::fit(top(x, trainRows), {.standardise = true, .pca = 0});
  expectValues(expected, scaled.apply(x.view()), 2e-6);
  const Reduction reduced = Reduction::fit(top(x, trainRows), {.standardise = true, .pca = components});
  expectValues(expected, reduced.apply(x.view()), 1e-5);
  ASSERT_EQ(reduced.explainedVarianceRatio().size(), static_cast<size_t>(components));
  for (const double ratio : reduced.explainedVarianceRatio()) {
    double wanted = 0;
    ASSERT_TRUE(expected >> wanted);
    EXPECT_NEAR(ratio, wanted, 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(byCovarianceAndByGram, ReductionOracle, ::testing::Values("tall", "wide"));

TEST(Reduction, standardisesByHandWithPopulationDeviation) {
  const Matrix<float> x(3, 2, {1, 10, 3, 10, 5, 10});
  const Reduction reduction = Reduction::fit(x.view(), {.standardise = true, .pca = 0});
  const auto z = static_cast<float>(2 / std::sqrt(8.0 / 3));
  EXPECT_THAT(reduction.apply(x.view()).values(), ::testing::ElementsAre(-z, 0, 0, 0, z, 0));
  EXPECT_THAT(reduction.constantFeatures(), ::testing::ElementsAre(1));
}

TEST(Reduction, aConstantFeatureIsZeroInLaterRowsToo) {
  const Matrix<float> train(3, 2, {1, 0.1F, 3, 0.1F, 5, 0.1F});
  const Matrix<float> later(1, 2, {3, 7});
  const Reduction reduction = Reduction::fit(train.view(), {.standardise = true, .pca = 0});
  EXPECT_THAT(reduction.apply(later.view()).values(), ::testing::ElementsAre(0, 0));
}

TEST(Reduction, looksAtTrainingRowsOnly) {
  Matrix<float> x = table(30, 8);
  const Reduction before = Reduction::fit(top(x, 20), {.standardise = true, .pca = 3});
  for (size_t r = 20; r < 30; ++r)
    for (float& value : x.row(r)) value *= 1000;
  const Reduction after = Reduction::fit(top(x, 20), {.standardise = true, .pca = 3});
  EXPECT_THAT(after.components().values(), ::testing::ElementsAreArray(before.components().values()));
}

TEST(Reduction, passesFeaturesThroughWhenNothingIsAsked) {
  const Matrix<float> x = table(4, 5);
  const Reduction reduction = Reduction::fit(x.view(), {.standardise = false, .pca = 0});
  EXPECT_THAT(reduction.apply(x.view()).values(), ::testing::ElementsAreArray(x.values()));
  EXPECT_EQ(reduction.outputs(), 5U);
  EXPECT_THAT(Reduction().apply(x.view()).values(), ::testing::ElementsAreArray(x.values()));
}

TEST(Reduction, componentsBeyondTheRankAreZero) {
  Matrix<float> x(10, 4);
  for (size_t r = 0; r < 10; ++r)
    for (size_t c = 0; c < 4; ++c) x(r, c) = static_cast<float>((r % 5) * (c + 1));
  const Reduction reduction = Reduction::fit(x.view(), {.standardise = false, .pca = 3});
  EXPECT_EQ(reduction.rank(), 1U);
  const Matrix<float> reduced = reduction.apply(x.view());
  for (size_t r = 0; r < 10; ++r) {
    EXPECT_EQ(reduced(r, 1), 0);
    EXPECT_EQ(reduced(r, 2), 0);
  }
}

TEST(Reduction, refusesWhatCannotBeFitted) {
  Matrix<float> x = table(6, 4);
  EXPECT_THAT(errorOf([&] { (void)Reduction::fit(x.view(), {.standardise = true, .pca = 5}); }).remedy,
              ::testing::HasSubstr("set pca to 4"));
  EXPECT_THAT(errorOf([&] { (void)Reduction::fit(top(x, 3), {.standardise = true, .pca = 3}); }).why,
              ::testing::HasSubstr("at most 2"));
  EXPECT_EQ(errorOf([&] { (void)Reduction::fit(top(x, 0), {}); }).why, "there is nothing to fit on");
  const Reduction reduction = Reduction::fit(x.view(), {});
  EXPECT_EQ(errorOf([&] { (void)reduction.apply(table(2, 5).view()); }).why,
            "they have 5 features, the reduction was fitted on 4");
  x(2, 1) = std::nanf("");
  EXPECT_EQ(errorOf([&] { (void)Reduction::fit(x.view(), {}); }).where, "row 2, feature 1");
}

TEST(Reduction, comesBackFromTensorsBitForBit) {
  const Matrix<float> x = table(20, 8);
  for (const ReductionConfig& config :
       {ReductionConfig{.standardise = false, .pca = 0}, ReductionConfig{},
        ReductionConfig{.standardise = false, .pca = 3}, ReductionConfig{.standardise = true, .pca = 5}}) {
    const Reduction reduction = Reduction::fit(x.view(), config);
    const Reduction back = Reduction::fromTensors(reduction.tensors("a/"), "a/");
    EXPECT_THAT(back.apply(x.view()).values(), ::testing::ElementsAreArray(reduction.apply(x.view()).values()));
    EXPECT_EQ(back.constantFeatures(), reduction.constantFeatures());
    EXPECT_EQ(back.explainedVarianceRatio(), reduction.explainedVarianceRatio());
    EXPECT_EQ(back.inputs(), 8U);
    EXPECT_EQ(back.outputs(), reduction.outputs());
  }
  EXPECT_EQ(Reduction::fromTensors(Reduction().tensors()).apply(x.view()).cols(), 8U);
}

TEST(Reduction, refusesTensorsThatDoNotFitEachOther) {
  const Reduction reduction = Reduction::fit(table(20, 8).view(), {.standardise = true, .pca = 5});
  const auto failing = [&](size_t index, const NamedTensor& replacement) {
    std::vector<NamedTensor> tensors = reduction.tensors();
    tensors[index] = replacement;
    return errorOf([&] { (void)Reduction::fromTensors(tensors); }).where;
  };
  const std::vector<double> three(3);
  const std::vector<int64_t> wild = {1, 5, -8};
  EXPECT_EQ(failing(0, NamedTensor::of("reduction/config", std::span(wild))), "reduction/config");
  EXPECT_EQ(failing(1, NamedTensor::of("reduction/mean", std::span(three))), "reduction/mean");
  EXPECT_EQ(failing(4, NamedTensor::of("reduction/components", Matrix<float>(5, 7).view())), "reduction/components");
  EXPECT_EQ(failing(5, NamedTensor::of("reduction/explained", std::span(three))), "reduction/explained");
  EXPECT_THAT(failing(2, NamedTensor::of("other", std::span(three))), ::testing::HasSubstr("reduction/scale"));
}

TEST(Reduction, stopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW((void)Reduction::fit(table(9, 4).view(), {.standardise = true, .pca = 2}, source.get_token()),
               Cancelled);
}
