#include "core/linalg/blas.h"

#include <cmath>

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

TEST(Blas, multipliesByHand) {
  const Matrix<float> a(2, 3, {1, 2, 3, 4, 5, 6});
  const Matrix<float> b(3, 2, {1, 0, 0, 1, 2, 2});
  Matrix<float> c(2, 2, {100, 100, 100, 100});
  gemm(Transpose::No, Transpose::No, 1.0F, a.view(), b.view(), 0.0F, c.view());
  EXPECT_THAT(c.values(), ::testing::ElementsAre(7, 8, 16, 17));
  Matrix<float> square(3, 3);
  gemm(Transpose::Yes, Transpose::No, 2.0F, a.view(), a.view(), 0.0F, square.view());
  EXPECT_THAT(square.values(), ::testing::ElementsAre(34, 44, 54, 44, 58, 72, 54, 72, 90));
  gemm(Transpose::No, Transpose::Yes, 1.0F, a.view(), a.view(), 1.0F, c.view());
  EXPECT_THAT(c.values(), ::testing::ElementsAre(21, 40, 48, 94));
}

TEST(Blas, respectsStrides) {
  const Matrix<float> a(2, 4, {1, 2, 9, 9, 3, 4, 9, 9});
  Matrix<float> c(2, 2);
  gemm(Transpose::No, Transpose::No, 1.0F, a.view().block(0, 0, 2, 2), a.view().block(0, 0, 2, 2), 0.0F, c.view());
  EXPECT_THAT(c.values(), ::testing::ElementsAre(7, 10, 15, 22));
}

TEST(Blas, refusesShapesThatDisagree) {
  Matrix<float> a(2, 3), c(2, 2);
  EXPECT_EQ(errorOf([&] { gemm(Transpose::No, Transpose::No, 1.0F, a.view(), a.view(), 0.0F, c.view()); }).why,
            "the shapes disagree");
}

TEST(Blas, decomposesAndSolves) {
  const Matrix<double> a(2, 2, {2, 1, 1, 2});
  const SymmetricEigen eigen = eigenSymmetric(a);
  EXPECT_NEAR(eigen.values[0], 1, 1e-14);
  EXPECT_NEAR(eigen.values[1], 3, 1e-14);
  EXPECT_NEAR(std::abs(eigen.vectors(1, 0)), std::sqrt(0.5), 1e-14);
  EXPECT_NEAR(eigen.vectors(1, 0), eigen.vectors(1, 1), 1e-14);
  Matrix<double> b(2, 2, {3, 1, 3, -1});
  solvePositiveDefinite(a, b);
  EXPECT_NEAR(b(0, 0), 1, 1e-14);
  EXPECT_NEAR(b(1, 0), 1, 1e-14);
  EXPECT_NEAR(b(0, 1), 1, 1e-14);
  EXPECT_NEAR(b(1, 1), -1, 1e-14);
  Matrix<double> singular(2, 2, {1, 1, 1, 1});
  EXPECT_THAT(errorOf([&] { solvePositiveDefinite(singular, b); }).why, ::testing::HasSubstr("not positive definite"));
}

TEST(Blas, givesTheSameBitsOnAnyNumberOfThreads) {
  Matrix<float> a(64, 300), b(300, 40);
  Philox random(1);
  for (float& value : a.values()) value = static_cast<float>(random.normal());
  for (float& value : b.values()) value = static_cast<float>(random.normal());
  const auto products = [&](unsigned threads) {
    std::vector<Matrix<float>> results(6, Matrix<float>(64, 40));
    parallelFor(results.size(), threads, [&](size_t i) {
      const SingleThreadedBlas guard;
      gemm(Transpose::No, Transpose::No, 1.0F, a.view(), b.view(), 0.0F, results[i].view());
    });
    return results;
  };
  const auto one = products(1);
  const auto two = products(2);
  for (size_t i = 0; i < one.size(); ++i) EXPECT_THAT(two[i].values(), ::testing::ElementsAreArray(one[i].values()));
}
