#include "core/evaluation/false_discovery.h"

#include <cmath>

#include "core/base/random.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

namespace {
const std::vector<double> kP = {0.01, 0.04, 0.03, 0.2, 0.0005, 0.9, 0.04};
const double kNaN = std::nan("");
}  // namespace

// Three tests: 0.01 * 3 / 1, 0.02 * 3 / 2, 0.04 * 3 / 3, each no more than the one after it.
TEST(FalseDiscovery, agreesByHand) {
  const auto q = qValues(std::vector<double>{0.04, 0.01, 0.02});
  EXPECT_DOUBLE_EQ(q[0], 0.04);
  EXPECT_DOUBLE_EQ(q[1], 0.03);
  EXPECT_DOUBLE_EQ(q[2], 0.03);
}

// Figures by statsmodels (tests/oracles/significance.py).
TEST(FalseDiscovery, agreesWithStatsmodels) {
  const std::vector<double> bh = {0.035, 0.056, 0.056, 0.23333333333333336, 0.0035, 0.9, 0.056};
  const std::vector<double> by = {0.09075, 0.14519999999999997, 0.14519999999999997, 0.605, 0.009075,
                                  1.0,     0.14519999999999997};
  const auto hochberg = qValues(kP), yekutieli = qValues(kP, FdrMethod::BenjaminiYekutieli);
  for (size_t i = 0; i < kP.size(); ++i) {
    EXPECT_NEAR(hochberg[i], bh[i], 1e-15);
    EXPECT_NEAR(yekutieli[i], by[i], 1e-15);
  }
}

TEST(FalseDiscovery, leavesOutTestsThatCouldNotBeMade) {
  std::vector<double> some = kP;
  some.insert(some.begin() + 2, kNaN);
  const auto whole = qValues(kP), withGap = qValues(some);
  EXPECT_TRUE(std::isnan(withGap[2]));
  for (size_t i = 0; i < kP.size(); ++i) EXPECT_EQ(withGap[i < 2 ? i : i + 1], whole[i]);
  EXPECT_TRUE(qValues({}).empty());
  EXPECT_TRUE(std::isnan(qValues(std::vector<double>{kNaN})[0]));
}

TEST(FalseDiscovery, keepsTheOrderOfPAndIsNeverBelowIt) {
  Philox random(3);
  std::vector<double> p(500);
  for (double& value : p) value = std::pow(random.uniform(), 3);
  for (const FdrMethod method : {FdrMethod::BenjaminiHochberg, FdrMethod::BenjaminiYekutieli}) {
    const auto q = qValues(p, method);
    for (size_t i = 0; i < p.size(); ++i) {
      EXPECT_GE(q[i], p[i]);
      EXPECT_LE(q[i], 1);
      for (size_t j = 0; j < i; ++j) EXPECT_EQ(p[i] < p[j] && q[i] > q[j], false);
    }
  }
}

// Of independent null tests, BH at 5 % rejects anything at all in 5 % of studies: 400 studies, standard error 1.1 %.
TEST(FalseDiscovery, findsSomethingInNothingAsOftenAsSaid) {
  int studies = 0;
  for (uint64_t study = 0; study < 400; ++study) {
    Philox random(17, study);
    std::vector<double> p(50);
    for (double& value : p) value = random.uniform();
    studies += std::ranges::any_of(qValues(p), [](double q) { return q < 0.05; }) ? 1 : 0;
  }
  EXPECT_NEAR(studies / 400.0, 0.05, 0.035);
}

TEST(FalseDiscovery, knowsItsMethods) {
  EXPECT_EQ(fdrMethodFrom("by"), FdrMethod::BenjaminiYekutieli);
  EXPECT_EQ(errorOf([] { (void)fdrMethodFrom("bonferroni"); }).where, "bonferroni");
}
