#include "core/evaluation/student_t.h"

#include <cmath>
#include <limits>

#include "tests/testing/testing.h"

using namespace corticast;

namespace {
void expectRelative(double value, double expected) {
  EXPECT_NEAR(value / expected, 1, 1e-11) << value << " instead of " << expected;  // the continued fraction's accuracy
}
}  // namespace

// Figures by SciPy (tests/oracles/significance.py).
TEST(StudentT, agreesWithSciPy) {
  expectRelative(studentTwoSided(0.5, 1), 0.7048327646991335);
  expectRelative(studentTwoSided(-2, 5), 0.10193947882985835);
  expectRelative(studentTwoSided(3.3, 17), 0.004230097403725666);
  expectRelative(studentTwoSided(12, 40), 7.82417130425598e-15);
  expectRelative(studentTwoSided(40, 900), 7.202165806171414e-202);
  expectRelative(studentTwoSided(1e-3, 300), 0.9992027801981141);
}

TEST(StudentT, hasTheBetaFunctionOfSciPy) {
  expectRelative(incompleteBeta(0.5, 0.5, 0.3), 0.36901011956554536);
  expectRelative(incompleteBeta(5, 2, 0.9), 0.885735);
  expectRelative(incompleteBeta(450, 0.5, 0.99), 0.002640947961586913);
  EXPECT_EQ(incompleteBeta(2, 3, 0), 0);
  EXPECT_EQ(incompleteBeta(2, 3, 1), 1);
}

TEST(StudentT, isCauchyWithOneDegree) {
  for (const double t : {0.1, 1.0, 7.0}) expectRelative(studentTwoSided(t, 1), 1 - 2 * std::atan(t) / M_PI);
}

TEST(StudentT, isSymmetricAndFallsFromOneToZero) {
  EXPECT_EQ(studentTwoSided(0, 9), 1);
  EXPECT_EQ(studentTwoSided(-2.5, 9), studentTwoSided(2.5, 9));
  double before = 1;
  for (double t = 0.25; t < 60; t *= 1.5) {
    const double p = studentTwoSided(t, 9);
    EXPECT_LT(p, before);
    EXPECT_GT(p, 0);
    before = p;
  }
  EXPECT_EQ(studentTwoSided(std::numeric_limits<double>::infinity(), 9), 0);
  EXPECT_TRUE(std::isnan(studentTwoSided(std::nan(""), 9)));
}
