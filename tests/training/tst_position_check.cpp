#include "core/training/position_check.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/testing/testing.h"
#include "tests/training/toy.h"

namespace corticast {
namespace {

constexpr size_t kVertices = 24;

VertexPositions somePositions() {
  VertexPositions positions;
  positions.relative = Matrix<float>(kVertices, 3);
  positions.extentMm = {20, 30, 10};
  Philox random(6);
  for (float& value : positions.relative.values()) value = static_cast<float>(random.uniform());
  for (uint32_t v = 0; v < kVertices; ++v) positions.order.push_back(v);
  return positions;
}

/// Two groups: the first is asked for positions, the second for responses.
testing::Toy toyWith(const Json& settings) {
  testing::Toy toy = testing::makeToy({.train = 64, .validation = 16, .columns = {kVertices, 5}});
  toy.data.positions = {somePositions(), {}};
  Json all = {{"architecture", "positional"},
              {"positionalOutput", "positions"},
              {"positionalChannels", {48, 24}},
              {"positionalDropout", 0},
              {"batchSize", 16},
              {"learningRate", 1e-2},
              {"decayFactor", 0.8},
              {"patience", 0},
              {"maxEpochs", 60}};
  all.update(settings);
  toy.groups[0].settings = groupSettingsFromJson(all, "test");
  toy.groups[1].settings =
      groupSettingsFromJson({{"architecture", "deep"}, {"batchSize", 16}, {"maxEpochs", 2}, {"deepWidth", 8}}, "test");
  toy.data.sources[0] = noDistances(80, kVertices);
  toy.groups[0].parts = {{.subject = "subj01", .columns = std::vector<uint32_t>(kVertices)}};
  return toy;
}

PositionScore trained(const Json& settings) {
  testing::Toy toy = toyWith(settings);
  PositionCheckTrainer trainer(toy.data, toy.groups, {});
  while (!trainer.isFinished()) (void)trainer.runEpoch({});
  return trainer.score(0);
}

TEST(PositionCheck, ScoresByHand) {
  VertexPositions positions;
  positions.relative = Matrix<float>(2, 3, {0, 0, 0.5F, 1, 0, 0});
  positions.extentMm = {10, 0, 2};
  // One picture: vertex 0 is 3 mm off along x; vertex 1 is 1 mm off along z, and along y, where all are in one place.
  const Matrix<float> answers(1, 6, {0.3F, 1, 0, 0.5F, 0.5F, 0.5F});
  const PositionScore score = positionScore(answers.view(), positions);
  EXPECT_NEAR(score.rmseMm, std::sqrt((9.0 + 1.0) / 2), 1e-6);
  EXPECT_NEAR(score.r2[0], 1 - 4.5 / 25, 1e-6);  // x: 0 and 10 mm, variance 25
  EXPECT_TRUE(std::isnan(score.r2[1]));
  EXPECT_NEAR(score.r2[2], 1 - 0.5 / 0.25, 1e-6);  // z: 1 and 0 mm
}

TEST(PositionCheck, RecoversPositionsFromTheirEncoding) {
  for (const char* way : {"concatenate", "gate"}) {
    const PositionScore score = trained({{"positionalInput", way}});
    for (const double r2 : score.r2) EXPECT_GT(r2, 0.9) << way;
    EXPECT_LT(score.rmseMm, 4) << way;  // of an ROI of 20 x 30 x 10 mm
  }
}

TEST(PositionCheck, CannotWhereTheEncodingTellsNothingApart) {
  // At a scale of 0.001 all sines are near 0 and all cosines 1: every vertex looks the same.
  const PositionScore score = trained({{"positionalEncodingScale", 1e-3}, {"positionalEncodingWidth", 2}});
  for (const double r2 : score.r2) EXPECT_LT(r2, 0.1);
  EXPECT_GT(score.rmseMm, 8);
}

TEST(PositionCheck, ItsPredictionsAreDistancesAndTheOthersGroupsTheirOwn) {
  testing::Toy toy = toyWith({{"maxEpochs", 2}});
  PositionCheckTrainer trainer(toy.data, toy.groups, {});
  const EpochResult result = trainer.runEpoch({});
  ASSERT_EQ(result.correlation.size(), kVertices + 5);
  for (size_t i = 0; i < kVertices; ++i) EXPECT_TRUE(std::isnan(result.correlation[i]));
  EXPECT_TRUE(std::isnan(result.groups[0].meanCorrelation));
  EXPECT_FALSE(std::isnan(result.groups[1].meanCorrelation));
  for (size_t i = 0; i < 5; ++i) EXPECT_FALSE(std::isnan(result.correlation[kVertices + i]));

  Matrix<float> held(16, toy.features.cols());
  for (size_t i = 0; i < 16; ++i)
    std::ranges::copy(std::as_const(toy.features).row(toy.data.split.validation[i]), held.row(i).begin());
  const Matrix<float> distances = trainer.predict(0, std::as_const(held).view());
  ASSERT_EQ(distances.cols(), kVertices);
  double squares = 0;
  for (const float distance : distances.values()) squares += std::pow(static_cast<double>(distance), 2);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(distances.values().size())), trainer.score(0).rmseMm, 1e-4);
  EXPECT_EQ(trainer.predict(1, std::as_const(held).view()).cols(), 5U);
  EXPECT_THAT(trainer.remark(0), ::testing::HasSubstr("mm"));
  EXPECT_EQ(trainer.remark(1), "");
}

TEST(PositionCheck, GoesOnWhereItWasSaved) {
  testing::Toy toy = toyWith({{"maxEpochs", 4}, {"positionalDropout", 0.3}});
  PositionCheckTrainer whole(toy.data, toy.groups, {}), first(toy.data, toy.groups, {}),
      second(toy.data, toy.groups, {});
  (void)first.runEpoch({});
  second.restore(first.save());
  while (!whole.isFinished()) (void)whole.runEpoch({});
  while (!second.isFinished()) (void)second.runEpoch({});
  EXPECT_EQ(whole.score(0).rmseMm, second.score(0).rmseMm);
}

TEST(PositionCheck, SubjectsWithAHeadEachAskForTheSamePlace) {
  testing::Toy toy = toyWith({{"maxEpochs", 2}});
  toy.data.subjects = {"subj01", "subj02"};
  toy.data.rowSubject.resize(80);
  for (uint32_t row = 0; row < 80; ++row) toy.data.rowSubject[row] = row % 2;
  toy.groups.pop_back();
  toy.data.sources.pop_back();
  toy.data.positions.pop_back();
  // The second subject has the last three vertices only.
  toy.groups[0].parts.push_back({.subject = "subj02", .columns = {0, 1, 2}});
  toy.data.positions[0].heads = 2;
  for (int64_t v = 0; v < static_cast<int64_t>(kVertices); ++v) toy.data.positions[0].answers.push_back(2 * v);
  for (const int64_t v : {21, 22, 23}) toy.data.positions[0].answers.push_back(2 * v + 1);
  toy.data.sources[0] = noDistances(80, kVertices + 3);
  PositionCheckTrainer trainer(toy.data, toy.groups, {});
  EXPECT_EQ(trainer.runEpoch({}).correlation.size(), kVertices + 3);
  const Matrix<float> distances = trainer.predict(0, std::as_const(toy.features).view());
  ASSERT_EQ(distances.cols(), kVertices + 3);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(distances(5, kVertices + i), distances(5, 21 + i));
}

TEST(PositionCheck, NeedsPositions) {
  testing::Toy toy = toyWith(Json::object());
  toy.data.positions.clear();
  EXPECT_EQ(testing::errorOf([&] { PositionCheckTrainer(toy.data, toy.groups, {}); }).where, "group0");
}

}  // namespace
}  // namespace corticast
