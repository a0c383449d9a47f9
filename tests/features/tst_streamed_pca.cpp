#include "core/features/streamed_pca.h"

#include <cmath>

#include "core/base/random.h"
#include "core/features/reduction.h"
#include "tests/testing/testing.h"

using namespace corticast;

namespace {

// Rows of a falling spectrum: direction k has standard deviation 1 / (k + 1)^0.8, plus noise everywhere.
Matrix<float> fallingRows(size_t rows, size_t cols, double mean) {
  constexpr size_t kDirections = 40;
  Philox random(7);
  Matrix<double> directions(kDirections, cols);
  for (double& value : directions.values()) value = random.normal();
  Matrix<float> x(rows, cols);
  for (size_t r = 0; r < rows; ++r) {
    std::vector<double> sums(cols, mean);
    for (size_t k = 0; k < kDirections; ++k) {
      const double weight = random.normal() * std::pow(static_cast<double>(k + 1), -0.8);
      for (size_t c = 0; c < cols; ++c) sums[c] += weight * directions(k, c);
    }
    for (size_t c = 0; c < cols; ++c) x(r, c) = static_cast<float>(sums[c] + 0.05 * random.normal());
  }
  return x;
}

RowReader readerOf(const Matrix<float>& x) {
  return {x.rows(), x.cols(), [&x](size_t first, MatrixView<float> out) {
            for (size_t r = 0; r < out.rows(); ++r) std::ranges::copy(x.row(first + r), out.row(r).begin());
          }};
}

Matrix<float> centred(Matrix<float> x) {
  for (size_t c = 0; c < x.cols(); ++c) {
    double mean = 0;
    for (size_t r = 0; r < x.rows(); ++r) mean += static_cast<double>(x(r, c)) / static_cast<double>(x.rows());
    for (size_t r = 0; r < x.rows(); ++r) x(r, c) = static_cast<float>(static_cast<double>(x(r, c)) - mean);
  }
  return x;
}

}  // namespace

// The exact components of the same rows, which agree with scikit-learn's (tst_reduction). The iteration ends at a
// change of 1e-6 in the captured variance, so a direction may be off by about its square root.
TEST(StreamedPca, FindsTheExactComponents) {
  const Matrix<float> x = centred(fallingRows(300, 700, 0));
  const Reduction exact = Reduction::fit(x.view(), {.standardise = false, .pca = 12});
  const StreamedComponents found = streamedComponents(readerOf(x), 12, {});
  double total = 0;
  for (const float value : x.values()) total += static_cast<double>(value) * static_cast<double>(value) / 299;
  for (size_t k = 0; k < 12; ++k) {
    EXPECT_NEAR(found.explainedVariance[k] / total, exact.explainedVarianceRatio()[k], 1e-5) << k;
    double along = 0, squares = 0;
    for (size_t c = 0; c < x.cols(); ++c) {
      along += static_cast<double>(found.directions(k, c)) * static_cast<double>(exact.components()(k, c));
      squares += static_cast<double>(found.directions(k, c)) * static_cast<double>(found.directions(k, c));
    }
    EXPECT_NEAR(squares, 1, 1e-5);
    EXPECT_GT(along, 0.999) << k;  // positive too: the signs agree
  }
}

TEST(StreamedPca, IsTheSameEveryTime) {
  const Matrix<float> x = centred(fallingRows(80, 300, 0));
  const StreamedComponents a = streamedComponents(readerOf(x), 5, {}), b = streamedComponents(readerOf(x), 5, {});
  EXPECT_TRUE(std::ranges::equal(a.directions.values(), b.directions.values()));
}

TEST(StreamedPca, LeavesDirectionsBeyondTheRankAtZero) {
  Matrix<float> x(30, 200);
  Philox random(1);
  for (size_t r = 0; r < 30; ++r) {
    const double a = random.normal(), b = random.normal();
    for (size_t c = 0; c < 200; ++c)
      x(r, c) = static_cast<float>(a * std::sin(static_cast<double>(c)) + b * std::cos(static_cast<double>(c)));
  }
  const StreamedComponents found = streamedComponents(readerOf(centred(x)), 4, {});
  EXPECT_GT(found.explainedVariance[1], 0);
  for (size_t k = 2; k < 4; ++k) {
    EXPECT_EQ(found.explainedVariance[k], 0);
    EXPECT_THAT(std::vector<float>(found.directions.row(k).begin(), found.directions.row(k).end()),
                ::testing::Each(0.0F));
  }
}

TEST(StreamedPca, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const Matrix<float> x = fallingRows(20, 50, 0);
  EXPECT_THROW((void)streamedComponents(readerOf(x), 3, stop.get_token()), Cancelled);
}
