#include "core/comparison/pair_comparison.h"

#include <cmath>

#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

namespace {

/// Two ROIs of four vertices and three runs, by hand.
RunComparison example() {
  RunComparison comparison;
  comparison.runs = {{"1", "A"}, {"2", "B"}, {"3", "C"}};
  HemisphereComparison lh{.subject = "subj01", .hemisphere = Hemisphere::Left};
  lh.columns = {3, 5, 8, 9};
  lh.r = {{0.5F, 0.4F, 0.3F, 0.2F}, {0.1F, 0.4F, 0.6F, std::nanf("")}, {0, 0, 0, 0}};
  lh.p = {{0.001, 1, 0.02, std::nan("")}, {1, 1, 1, 1}, {1, 1, 1, 1}};
  comparison.hemispheres.push_back(lh);
  const auto value = [](double mean, std::vector<double> resampled) {
    return ResampledValue{mean, std::move(resampled)};
  };
  RoiComparison first{
      .subject = "subj01", .hemisphere = Hemisphere::Left, .roiClass = "c", .roi = "one", .columns = {3, 5}};
  RoiComparison second = first;
  second.roi = "two";
  second.columns = {8, 9};
  std::vector<double> high, low;
  for (int i = 0; i < 99; ++i) {
    high.push_back(0.4 + 0.001 * i);
    low.push_back(0.2 + 0.001 * i);
  }
  first.mean = {value(0.45, high), value(0.25, low), value(0, low)};
  second.mean = {value(0.25, low), value(0.25, low), value(0, low)};
  first.median = second.median = first.mean;
  comparison.rois = {first, second};
  return comparison;
}

}  // namespace

TEST(PairComparison, subtractsTheSecondRunFromTheFirst) {
  const PairComparison pair = comparePair(example(), {});
  EXPECT_FLOAT_EQ(pair.hemispheres[0].difference[0], 0.4F);
  EXPECT_FLOAT_EQ(pair.hemispheres[0].difference[2], -0.3F);
  EXPECT_NEAR(*pair.rois[0].difference.value, 0.2, 1e-12);
  // Every resample differs by 0.2, however widely each run's own values spread.
  EXPECT_NEAR(pair.rois[0].difference.interval->low, 0.2, 1e-12);
  EXPECT_NEAR(pair.rois[0].difference.interval->high, 0.2, 1e-12);
  EXPECT_GT(pair.rois[0].first.interval->high - pair.rois[0].first.interval->low, 0.09);
}

TEST(PairComparison, judgesRoisAndVertices) {
  const PairComparison pair = comparePair(example(), {});
  EXPECT_EQ(pair.rois[0].verdict, RoiVerdict::Won);
  EXPECT_DOUBLE_EQ(pair.rois[0].p, 0.02);
  EXPECT_DOUBLE_EQ(pair.rois[0].q, 0.04);  // two ROIs, the other one with p = 1
  EXPECT_EQ(pair.rois[1].verdict, RoiVerdict::Undecided);
  EXPECT_EQ(pair.rois[0].verticesWon, 1U);
  EXPECT_EQ(pair.rois[1].verticesLost, 1U);
  EXPECT_EQ(pair.hemispheres[0].won, 1U);
  EXPECT_EQ(pair.hemispheres[0].lost, 1U);
  EXPECT_DOUBLE_EQ(pair.hemispheres[0].q[0], 0.003);  // three defined tests
  EXPECT_TRUE(std::isnan(pair.hemispheres[0].q[3]));
  EXPECT_EQ(pair.count(RoiVerdict::Won), 1U);
  EXPECT_EQ(pair.count(RoiVerdict::Lost), 0U);
}

TEST(PairComparison, turnsAroundWithTheRuns) {
  const PairComparison pair = comparePair(example(), {.first = 1, .second = 0});
  EXPECT_EQ(pair.rois[0].verdict, RoiVerdict::Lost);
  EXPECT_EQ(pair.rois[0].verticesLost, 1U);
  EXPECT_DOUBLE_EQ(pair.rois[0].p, 0.02);
}

TEST(PairComparison, takesOneMoreSeverelyCorrected) {
  const PairComparison pair = comparePair(example(), {.alpha = 0.05, .fdr = FdrMethod::BenjaminiYekutieli});
  EXPECT_DOUBLE_EQ(pair.rois[0].q, 0.06);  // 0.02 * 2 * (1 + 1/2)
  EXPECT_EQ(pair.rois[0].verdict, RoiVerdict::Undecided);
}

TEST(PairComparison, refusesOneRunTwice) {
  EXPECT_EQ(errorOf([] { (void)comparePair(example(), {.first = 1, .second = 1}); }).why,
            "these are not two of the 3 runs");
  EXPECT_EQ(errorOf([] { (void)comparePair(example(), {.first = 0, .second = 3}); }).where, "0 and 3");
}
