#include <cmath>
#include <cstring>

#include "core/training/linear_trainer.h"
#include "tests/testing/testing.h"
#include "tests/training/toy.h"

namespace corticast {
namespace {

using testing::makeToy;
using testing::Toy;
using testing::ToyShape;

bool sameBits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

void expectSameState(const TrainerState& a, const TrainerState& b) {
  EXPECT_EQ(a.scalars, b.scalars);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].name, b.tensors[i].name);
    EXPECT_TRUE(sameBits(a.tensors[i].floats(), b.tensors[i].floats())) << a.tensors[i].name;
  }
}

TrainerState trained(const Toy& toy, int epochs, TrainerOptions options = {}) {
  LinearTrainer trainer(toy.data, toy.groups, std::move(options));
  for (int e = 0; e < epochs; ++e) (void)trainer.runEpoch({});
  return trainer.save();
}

TEST(LinearTrainer, OneStepOfOneWeightByHand) {
  Toy toy = makeToy({.train = 2, .validation = 1, .features = 1, .columns = {1}, .batchSize = 2});
  toy.features = Matrix<float>(3, 1, {1, 2, 3});
  toy.data.features = featureSource(toy.features);
  toy.data.sources = {targetSource(Matrix<float>(3, 1, {2, 4, 6}))};
  toy.groups[0].settings.learningRate = 0.1;
  toy.groups[0].settings.weightDecay = 0;
  TrainerOptions options;
  options.initialise = [](const TargetGroup&, MatrixView<float> weight, std::span<float> bias) {
    weight(0, 0) = 1;
    bias[0] = 0;
  };
  LinearTrainer trainer(toy.data, toy.groups, options);
  const EpochResult result = trainer.runEpoch({});
  // Residuals -1 and -2: loss 2.5; both gradients are negative, so Adam's first step is +0.1 for weight and bias.
  EXPECT_NEAR(result.groups[0].trainLoss, 2.5, 1e-6);
  EXPECT_NEAR(trainer.currentWeights(0)(0, 0), 1.1, 1e-6);
  EXPECT_NEAR(result.groups[0].validationLoss, std::pow(1.1 * 3 + 0.1 - 6, 2), 1e-5);
  EXPECT_TRUE(std::isnan(result.correlation[0])) << "one picture has no correlation";
}

TEST(LinearTrainer, FirstMomentsAreTheLossGradientByCentralDifferences) {
  Toy toy = makeToy({.train = 20, .validation = 5, .features = 4, .columns = {3, 2}, .batchSize = 20});
  LinearTrainer trainer(toy.data, toy.groups, {});
  const TrainerState before = trainer.save();
  (void)trainer.runEpoch({});
  const TrainerState after = trainer.save();
  const auto w = tensorNamed(before.tensors, "now/weight"), b = tensorNamed(before.tensors, "now/bias");
  const auto m = tensorNamed(after.tensors, "moment1/weight");
  const size_t starts[] = {0, 3, 5};
  for (size_t g = 0; g < 2; ++g) {
    const size_t columns = starts[g + 1] - starts[g];
    Matrix<float> y(25, columns);
    toy.data.sources[g]->gather(
        [] {
          std::vector<uint32_t> rows(25);
          std::iota(rows.begin(), rows.end(), 0U);
          return rows;
        }(),
        0, y.view());
    const auto lossWith = [&](size_t column, size_t feature, double change) {
      double sum = 0;
      for (size_t i = 0; i < 20; ++i)
        for (size_t c = 0; c < columns; ++c) {
          double p = static_cast<double>(b.floats()[starts[g] + c]);
          for (size_t f = 0; f < 4; ++f)
            p += (static_cast<double>(w.matrix()(starts[g] + c, f)) + (c == column && f == feature ? change : 0)) *
                 static_cast<double>(toy.features(i, f));
          sum += std::pow(p - static_cast<double>(y(i, c)), 2);
        }
      return sum / (20.0 * static_cast<double>(columns));
    };
    for (size_t c = 0; c < columns; ++c)
      for (size_t f = 0; f < 4; ++f) {
        const double slope = (lossWith(c, f, 1e-4) - lossWith(c, f, -1e-4)) / 2e-4;
        // The first moment after one step is (1 - beta1) times the gradient.
        EXPECT_NEAR(m.matrix()(starts[g] + c, f), 0.1 * slope, 1e-7 + 1e-5 * std::abs(slope));
      }
  }
}

TEST(LinearTrainer, ThreadsAndCachedResponsesDoNotChangeABit) {
  const Toy toy = makeToy({.train = 90, .validation = 30, .features = 33, .columns = {100, 300, 77}, .batchSize = 32});
  const TrainerState one = trained(toy, 3, {.threads = 1});
  expectSameState(one, trained(toy, 3, {.threads = 2}));
  expectSameState(one, trained(toy, 3, {.threads = 5, .responseCacheBytes = 0}));
}

TEST(LinearTrainer, SavedHalfWayAndRestoredEndsBitIdentical) {
  Toy toy = makeToy();
  toy.groups[0].settings.patience = 2;
  toy.groups[0].settings.learningRate = 0.3;
  const TrainerState whole = trained(toy, 8);
  for (int cut = 0; cut < 8; ++cut) {
    const TrainerState half = trained(toy, cut);
    LinearTrainer resumed(toy.data, toy.groups, {});
    resumed.restore(half);
    EXPECT_EQ(resumed.epoch(), cut);
    while (resumed.epoch() < 8) (void)resumed.runEpoch({});
    expectSameState(whole, resumed.save());
  }
}

TEST(LinearTrainer, AGroupAloneLearnsWhatItLearnsAmongOthers) {
  const Toy toy = makeToy();
  LinearTrainer together(toy.data, toy.groups, {});
  std::vector<std::unique_ptr<LinearTrainer>> alone;
  for (size_t g = 0; g < toy.groups.size(); ++g) {
    CohortData own = toy.data;
    own.sources = {toy.data.sources[g]};
    alone.push_back(std::make_unique<LinearTrainer>(own, std::vector{toy.groups[g]}, TrainerOptions{}));
  }
  for (int e = 0; e < 5; ++e) {
    const EpochResult all = together.runEpoch({});
    for (size_t g = 0; g < alone.size(); ++g) {
      const EpochResult own = alone[g]->runEpoch({});
      EXPECT_NEAR(own.groups[0].trainLoss / all.groups[g].trainLoss, 1, 1e-6);
      EXPECT_NEAR(own.groups[0].validationLoss / all.groups[g].validationLoss, 1, 1e-6);
    }
  }
}

TEST(LinearTrainer, StoppedGroupsStandStillAndOthersGoOn) {
  Toy toy = makeToy({.columns = {40, 40, 40}});
  toy.groups[1].settings.maxEpochs = 2;
  LinearTrainer trainer(toy.data, toy.groups, {});
  (void)trainer.runEpoch({});
  const EpochResult second = trainer.runEpoch({});
  EXPECT_EQ(second.groups[1].state, GroupState::Finished);
  const TrainerState atStop = trainer.save();
  const EpochResult third = trainer.runEpoch({});
  const TrainerState later = trainer.save();
  EXPECT_EQ(third.groups[1].validationLoss, second.groups[1].validationLoss);
  EXPECT_NE(third.groups[0].validationLoss, second.groups[0].validationLoss);
  const auto rows = [](const TrainerState& state, size_t group) {
    const auto all = tensorNamed(state.tensors, "now/weight").floats();
    return std::vector<float>(all.begin() + static_cast<std::ptrdiff_t>(group * 40 * 9),
                              all.begin() + static_cast<std::ptrdiff_t>((group + 1) * 40 * 9));
  };
  EXPECT_TRUE(sameBits(rows(atStop, 1), rows(later, 1)));
  EXPECT_FALSE(sameBits(rows(atStop, 0), rows(later, 0)));
  EXPECT_FALSE(sameBits(rows(atStop, 2), rows(later, 2)));
}

TEST(LinearTrainer, ADivergingGroupFailsWithItsEpochAndReasonAndKeepsItsBest) {
  Toy toy = makeToy({.columns = {5, 2, 1}});
  toy.groups[1].settings.learningRate = 10;
  Matrix<float> small(95, 2);
  for (float& value : small.values()) value = 1e-3F;
  toy.data.sources[1] = targetSource(std::move(small));
  TrainerOptions zero;
  zero.initialise = [](const TargetGroup&, MatrixView<float>, std::span<float>) {};
  LinearTrainer trainer(toy.data, toy.groups, zero);
  EpochResult result;
  for (int e = 0; e < 3; ++e) result = trainer.runEpoch({});
  EXPECT_EQ(result.groups[0].state, GroupState::Training);
  EXPECT_EQ(result.groups[1].state, GroupState::Failed);
  EXPECT_THAT(result.groups[1].reason, ::testing::HasSubstr("exploded"));
  EXPECT_THAT(result.groups[1].reason, ::testing::HasSubstr("learning rate 10"));
  for (const float value : trainer.bestModel(1)[0].floats()) ASSERT_TRUE(std::isfinite(value));
}

TEST(LinearTrainer, ANotFiniteResponseFailsOnlyItsOwnGroup) {
  Toy toy = makeToy({.columns = {4, 4}});
  Matrix<float> bad(95, 4);
  bad(7, 2) = std::numeric_limits<float>::quiet_NaN();
  toy.data.sources[1] = targetSource(std::move(bad));
  LinearTrainer trainer(toy.data, toy.groups, {});
  const EpochResult result = trainer.runEpoch({});
  EXPECT_EQ(result.groups[0].state, GroupState::Training);
  EXPECT_EQ(result.groups[1].state, GroupState::Failed);
  EXPECT_THAT(result.groups[1].reason, ::testing::HasSubstr("NaN"));
  EXPECT_THAT(result.groups[1].reason, ::testing::HasSubstr("epoch 1"));
  EXPECT_EQ(result.groups[1].bestEpoch, 0);
}

TEST(LinearTrainer, PermutedColumnsGiveThePermutedResult) {
  Toy toy = makeToy({.columns = {6}});
  Matrix<float> y(95, 6), reversed(95, 6);
  std::vector<uint32_t> rows(95);
  std::iota(rows.begin(), rows.end(), 0U);
  toy.data.sources[0]->gather(rows, 0, y.view());
  for (size_t i = 0; i < 95; ++i)
    for (size_t c = 0; c < 6; ++c) reversed(i, 5 - c) = y(i, c);
  TrainerOptions zero;
  zero.initialise = [](const TargetGroup&, MatrixView<float>, std::span<float>) {};
  LinearTrainer straight(toy.data, toy.groups, zero);
  toy.data.sources[0] = targetSource(std::move(reversed));
  LinearTrainer turned(toy.data, toy.groups, zero);
  const EpochResult a = straight.runEpoch({}), b = turned.runEpoch({});
  for (size_t c = 0; c < 6; ++c) EXPECT_NEAR(a.correlation[c], b.correlation[5 - c], 1e-6);
  EXPECT_NEAR(a.groups[0].trainLoss, b.groups[0].trainLoss, 1e-6);
}

TEST(LinearTrainer, PredictsWithTheBestEpochsWeights) {
  Toy toy = makeToy({.columns = {3}});
  toy.groups[0].settings.learningRate = 0.3;
  LinearTrainer trainer(toy.data, toy.groups, {});
  double best = std::numeric_limits<double>::infinity();
  EpochResult result;
  for (int e = 0; e < 10; ++e) {
    result = trainer.runEpoch({});
    best = std::min(best, result.groups[0].validationLoss);
  }
  Matrix<float> held(25, 9), y(25, 3);
  for (size_t i = 0; i < 25; ++i) std::ranges::copy(toy.features.row(70 + i), held.row(i).begin());
  toy.data.sources[0]->gather(toy.data.split.validation, 0, y.view());
  const Matrix<float> predicted = trainer.predict(0, held.view());
  double error = 0;
  for (size_t i = 0; i < 75; ++i) error += std::pow(predicted.values()[i] - y.values()[i], 2);
  EXPECT_NEAR(error / 75, best, 1e-6 * best);
  EXPECT_LT(result.groups[0].bestEpoch, 10) << "the toy should overshoot, or this test shows nothing";
}

TEST(LinearTrainer, WithoutValidationEveryEpochIsTheBest) {
  const Toy toy = makeToy({.validation = 0});
  LinearTrainer trainer(toy.data, toy.groups, {});
  (void)trainer.runEpoch({});
  const EpochResult result = trainer.runEpoch({});
  EXPECT_EQ(result.groups[0].bestEpoch, 2);
  EXPECT_EQ(result.groups[0].state, GroupState::Training);
  EXPECT_TRUE(std::isnan(result.groups[0].validationLoss));
}

TEST(LinearTrainer, AStopRequestLeavesATrainerThatMustBeRestored) {
  const Toy toy = makeToy();
  LinearTrainer trainer(toy.data, toy.groups, {});
  (void)trainer.runEpoch({});
  const TrainerState saved = trainer.save();
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW((void)trainer.runEpoch(source.get_token()), Cancelled);
  (void)testing::errorOf([&] { (void)trainer.runEpoch({}); });
  (void)testing::errorOf([&] { (void)trainer.save(); });
  trainer.restore(saved);
  (void)trainer.runEpoch({});
  expectSameState(trainer.save(), trained(toy, 2));
}

TEST(LinearTrainer, RefusesStatesAndDataThatDoNotFit) {
  const Toy toy = makeToy();
  const TrainerState state = trained(toy, 1);
  LinearTrainer other(makeToy({.columns = {5, 141, 1}}).data, toy.groups, {});
  EXPECT_THAT(testing::errorOf([&] { other.restore(state); }).why, ::testing::HasSubstr("146 x 9"));
  Toy renamed = toy;
  renamed.groups[1].id = "someone";
  LinearTrainer third(renamed.data, renamed.groups, {});
  EXPECT_THAT(testing::errorOf([&] { third.restore(state); }).why, ::testing::HasSubstr("someone"));
  Toy mixed = toy;
  mixed.groups[2].settings.batchSize = 32;
  EXPECT_THAT(testing::errorOf([&] { LinearTrainer(mixed.data, mixed.groups, {}); }).why,
              ::testing::HasSubstr("batch size"));
  Toy shorter = toy;
  shorter.data.features = featureSource(Matrix<float>(94, 9));
  (void)testing::errorOf([&] { LinearTrainer(shorter.data, shorter.groups, {}); });
  (void)testing::errorOf([&] { (void)third.predict(0, Matrix<float>(2, 8).view()); });
}

TEST(LinearTrainer, RefusesAnOrderThatIsNoPermutation) {
  const Toy toy = makeToy();
  TrainerOptions options;
  options.order = [](int, size_t rows) { return std::vector<uint32_t>(rows, 0); };
  LinearTrainer trainer(toy.data, toy.groups, options);
  EXPECT_THAT(testing::errorOf([&] { (void)trainer.runEpoch({}); }).why, ::testing::HasSubstr("permutation"));
}

}  // namespace
}  // namespace corticast
