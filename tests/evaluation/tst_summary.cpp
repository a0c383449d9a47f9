#include "core/evaluation/summary.h"

#include <cmath>
#include <limits>

#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(Summary, givesMeanAndMedianOfDefinedValues) {
  const std::vector<float> values = {4, kNaN, 1, 3, 2};
  const Summary summary = summarise(values);
  EXPECT_EQ(summary.count, 4U);
  EXPECT_EQ(summary.undefined, 1U);
  EXPECT_EQ(summary.mean, 2.5);
  EXPECT_EQ(summary.median, 2.5);
  EXPECT_EQ(summarise(std::vector<float>{5, 1, 3}).median, 3.0);
}

TEST(Summary, isAbsentWithoutValues) {
  EXPECT_FALSE(summarise({}).mean.has_value());
  EXPECT_FALSE(summarise(std::vector<float>{kNaN}).median.has_value());
}

// Figures by the organisers' lines in tests/oracles/evaluation.py.
TEST(ChallengeScore, agreesWithTheOrganisersScript) {
  const auto score =
      challengeScore(std::vector<float>{0.5F, -0.2F, 0.9F, 0.1F}, std::vector<float>{0.5F, 0.3F, 0.6F, 0});
  EXPECT_THAT(score.perVertex, ::testing::ElementsAre(50, 0, 100, 100));
  EXPECT_DOUBLE_EQ(*score.officialScript, 62.5);
  EXPECT_DOUBLE_EQ(*score.withoutZeroCeiling, 50);
  EXPECT_EQ(score.undefined, 0U);
}

TEST(ChallengeScore, countsConstantPredictionsAsZeroAndSaysSo) {
  const auto score = challengeScore(std::vector<float>{kNaN, 0.5F}, std::vector<float>{0.5F, 0.5F});
  EXPECT_EQ(score.undefined, 1U);
  EXPECT_DOUBLE_EQ(*score.officialScript, 25);
  EXPECT_FALSE(challengeScore({}, {}).officialScript.has_value());
  EXPECT_EQ(errorOf([] { (void)challengeScore(std::vector<float>{1}, {}); }).why, "the numbers of vertices differ");
}

TEST(NoiseCeiling, weighsRepeats) {
  const auto ceiling = noiseCeiling(std::vector<float>{0, 0.5F, 1}, 10, 20, 30);
  EXPECT_FLOAT_EQ(ceiling[0], 0);
  EXPECT_FLOAT_EQ(ceiling[1], 1.0F / 3);
  EXPECT_FLOAT_EQ(ceiling[2], 2.0F / 3);
  EXPECT_EQ(errorOf([] { (void)noiseCeiling({}, 0, 0, 0); }).why, "there is no image");
}
