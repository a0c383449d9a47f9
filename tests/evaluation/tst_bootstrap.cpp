#include "core/evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/evaluation/correlation.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

namespace {

const double kNaN = std::nan("");

// The sequence of tests/oracles/significance.py, exact in float32.
std::vector<float> sequence(size_t count, uint64_t seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = (1103515245 * seed + 12345) % (1ULL << 31);
    value = static_cast<float>((seed >> 16) % 1000);
  }
  return values;
}

Matrix<float> noise(size_t rows, size_t cols, uint64_t stream) {
  Philox random(23, stream);
  Matrix<float> matrix(rows, cols);
  for (float& value : matrix.values()) value = static_cast<float>(random.normal());
  return matrix;
}

Matrix<float> sum(const Matrix<float>& a, const Matrix<float>& b) {
  Matrix<float> out = a;
  for (size_t i = 0; i < out.values().size(); ++i) out.values()[i] += b.values()[i];
  return out;
}

}  // namespace

TEST(Bootstrap, drawsAsManyPicturesAsThereAre) {
  const Matrix<float> counts = resampleCounts(50, 200, 1);
  std::vector<double> perPicture(50);
  for (size_t b = 0; b < 200; ++b) {
    float total = 0;
    for (size_t i = 0; i < 50; ++i) {
      total += counts(b, i);
      perPicture[i] += counts(b, i);
    }
    EXPECT_EQ(total, 50);
  }
  // 200 draws expected of each, standard deviation 14.
  for (const double drawn : perPicture) EXPECT_NEAR(drawn, 200, 60);
}

TEST(Bootstrap, isPairedBySeedAndPictures) {
  const Matrix<float> some = resampleCounts(30, 5, 9), more = resampleCounts(30, 8, 9),
                      other = resampleCounts(30, 5, 8);
  EXPECT_TRUE(std::ranges::equal(some.values(), std::span(more.values()).first(150)));
  EXPECT_FALSE(std::ranges::equal(some.values(), other.values()));
}

// Figures by SciPy on the drawn rows (tests/oracles/significance.py); float32 sums of 30 products carry about 1e-6.
TEST(Bootstrap, correlatesTheDrawnPictures) {
  constexpr size_t kRows = 30, kColumns = 3;
  const Matrix<float> y(kRows, kColumns, sequence(kRows * kColumns, 3));
  Matrix<float> a(kRows, kColumns, sequence(kRows * kColumns, 1));
  for (size_t i = 0; i < a.values().size(); ++i) a.values()[i] += 2 * y.values()[i];
  const auto drawn = sequence(4 * kRows, 7);
  Matrix<float> counts(4, kRows);
  for (size_t i = 0; i < drawn.size(); ++i) counts(i / kRows, static_cast<size_t>(drawn[i]) % kRows) += 1;
  const std::vector<double> expected = {0.8883948023391257, 0.8653162567618913, 0.9244020766585044, 0.9346802616493706,
                                        0.929804615960212,  0.8367216603708879, 0.8592849392966474, 0.8734869658712099,
                                        0.9075818518825226, 0.8971756265652028, 0.9043586419533177, 0.8940412883679473};
  const Matrix<float> r = resampledCorrelation(counts.view(), a.view(), y.view());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(r.values()[i], expected[i], 3e-6);
}

TEST(Bootstrap, givesThePlainCorrelationWhenEachPictureIsDrawnOnce) {
  const Matrix<float> y = noise(40, 7, 1), x = sum(y, noise(40, 7, 2));
  Matrix<float> once(1, 40);
  std::ranges::fill(once.values(), 1.0F);
  const Matrix<float> r = resampledCorrelation(once.view(), x.view(), y.view());
  const auto plain = pearson(x.view(), y.view());
  for (size_t i = 0; i < 7; ++i) EXPECT_NEAR(r(0, i), plain[i], 1e-6);
}

// A mean far from 0 must not eat the digits: standard deviation 1 about 10,000.
TEST(Bootstrap, ignoresShiftAndScale) {
  const Matrix<float> y = noise(60, 2, 1), x = sum(y, noise(60, 2, 2));
  Matrix<float> moved = y;
  for (float& value : moved.values()) value = 64 * value + 4096;
  const Matrix<float> counts = resampleCounts(60, 20, 4);
  const Matrix<float> plain = resampledCorrelation(counts.view(), x.view(), y.view());
  const Matrix<float> after = resampledCorrelation(counts.view(), x.view(), moved.view());
  for (size_t i = 0; i < plain.values().size(); ++i) EXPECT_NEAR(after.values()[i], plain.values()[i], 2e-5);
}

TEST(Bootstrap, isUndefinedForConstants) {
  Matrix<float> constant(20, 1);
  std::ranges::fill(constant.values(), 0.1F);
  const Matrix<float> y = noise(20, 1, 1);
  Matrix<float> one(1, 20);
  one(0, 3) = 20;  // the same picture every time
  EXPECT_TRUE(std::isnan(resampledCorrelation(resampleCounts(20, 1, 1).view(), constant.view(), y.view())(0, 0)));
  EXPECT_TRUE(std::isnan(resampledCorrelation(one.view(), y.view(), y.view())(0, 0)));
}

TEST(Bootstrap, summarisesRowsWithoutUndefinedColumns) {
  const auto nan = std::nanf("");
  const auto summary = summariseRows(Matrix<float>(3, 4, {1, 5, 2, nan, nan, nan, nan, nan, 4, 1, 2, 3}));
  EXPECT_DOUBLE_EQ(summary.mean[0], 8.0 / 3);
  EXPECT_DOUBLE_EQ(summary.median[0], 2);
  EXPECT_TRUE(std::isnan(summary.mean[1]));
  EXPECT_DOUBLE_EQ(summary.median[2], 2.5);
}

TEST(Bootstrap, hasThePercentilesOfNumPy) {
  const std::vector<double> expected = {24.0, 939.0};
  const auto values = sequence(41, 11);
  std::vector<double> resampled(values.begin(), values.end());
  resampled.push_back(kNaN);
  const auto interval = percentileInterval(resampled);
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, expected[0], 1e-12);
  EXPECT_NEAR(interval->high, expected[1], 1e-12);
  EXPECT_FALSE(percentileInterval(std::vector<double>{kNaN}));
}

TEST(Bootstrap, countsSignsForP) {
  EXPECT_DOUBLE_EQ(bootstrapP(std::vector<double>{1, 2, 3, 4}), 2.0 / 5);
  EXPECT_DOUBLE_EQ(bootstrapP(std::vector<double>{-1, -2, 3, -4, kNaN}), 4.0 / 5);
  EXPECT_DOUBLE_EQ(bootstrapP(std::vector<double>{0, 0}), 1);
  EXPECT_TRUE(std::isnan(bootstrapP({})));
}

// Against theory: with r = 1 / sqrt(2) of 200 pictures the 95 % interval is about 4 * (1 - r^2) / sqrt(200) = 0.14
// wide.
TEST(Bootstrap, hasIntervalsAsWideAsTheoryAsks) {
  const Matrix<float> y = noise(200, 1, 1), x = sum(y, noise(200, 1, 2));
  const Matrix<float> r = resampledCorrelation(resampleCounts(200, 1000, 5).view(), x.view(), y.view());
  const auto interval = percentileInterval(summariseRows(r).mean);
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->high - interval->low, 0.139, 0.025);
  const float plain = pearson(x.view(), y.view())[0];
  EXPECT_LT(interval->low, plain);
  EXPECT_GT(interval->high, plain);
}

// Paired resampling sees a small true difference that unpaired intervals hide.
TEST(Bootstrap, isSharperForPairedRuns) {
  const Matrix<float> y = noise(300, 1, 1), x = sum(y, noise(300, 1, 2));
  Matrix<float> better = x;
  for (size_t i = 0; i < better.values().size(); ++i) better.values()[i] += 0.1F * y.values()[i];
  const Matrix<float> counts = resampleCounts(300, 400, 5);
  const auto a = summariseRows(resampledCorrelation(counts.view(), better.view(), y.view())).mean;
  const auto b = summariseRows(resampledCorrelation(counts.view(), x.view(), y.view())).mean;
  std::vector<double> difference(a.size());
  std::ranges::transform(a, b, difference.begin(), std::minus<>());
  EXPECT_GT(percentileInterval(difference)->low, 0);
  EXPECT_GT(percentileInterval(b)->high, percentileInterval(a)->low);
  EXPECT_DOUBLE_EQ(bootstrapP(difference), 2.0 / 401);
}

// 300 comparisons of equally good predictions: the share of p < 0.1 is 0.1 but for a standard error of 0.017.
TEST(Bootstrap, findsNoDifferenceWhereThereIsNone) {
  int found = 0;
  const Matrix<float> counts = resampleCounts(100, 199, 5);
  const Matrix<float> y = noise(100, 300, 1);
  const Matrix<float> a = resampledCorrelation(counts.view(), sum(y, noise(100, 300, 2)).view(), y.view());
  const Matrix<float> b = resampledCorrelation(counts.view(), sum(y, noise(100, 300, 3)).view(), y.view());
  for (size_t column = 0; column < 300; ++column) {
    std::vector<double> difference(199);
    for (size_t i = 0; i < 199; ++i) difference[i] = a(i, column) - b(i, column);
    found += bootstrapP(difference) < 0.1 ? 1 : 0;
  }
  EXPECT_NEAR(found / 300.0, 0.1, 0.055);
}

TEST(Bootstrap, refusesShapesThatDisagree) {
  const Matrix<float> y = noise(10, 2, 1);
  EXPECT_EQ(errorOf([&] { (void)resampledCorrelation(resampleCounts(9, 2, 1).view(), y.view(), y.view()); }).why,
            "the shapes disagree (9 pictures are drawn from)");
}
