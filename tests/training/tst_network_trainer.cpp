#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/training/linear_trainer.h"
#include "core/training/network_trainer.h"
#include "tests/testing/testing.h"
#include "tests/training/toy.h"

namespace corticast {
namespace {

using testing::makeToy;
using testing::Toy;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

/// Batch normalisation, dropout and a schedule: all that a checkpoint could forget.
Toy deepToy(std::vector<size_t> columns = {5, 12, 1}) {
  Toy toy = makeToy({.columns = std::move(columns)});
  for (TargetGroup& group : toy.groups)
    group.settings = groupSettingsFromJson({{"architecture", "deep-residual"},
                                            {"resBlocks", 2},
                                            {"resWidth", 11},
                                            {"resDropout", 0.3},
                                            {"learningRate", 3e-3},
                                            {"decayEvery", 2},
                                            {"batchSize", 16},
                                            {"patience", 3},
                                            {"maxEpochs", 9}},
                                           "toy");
  return toy;
}

void expectSameState(const TrainerState& a, const TrainerState& b) {
  EXPECT_EQ(a.scalars, b.scalars);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].name, b.tensors[i].name);
    EXPECT_EQ(a.tensors[i].data, b.tensors[i].data) << a.tensors[i].name;
  }
}

TrainerState trained(const Toy& toy, int epochs, TrainerOptions options = {}) {
  NetworkTrainer trainer(toy.data, toy.groups, std::move(options));
  for (int e = 0; e < epochs; ++e) (void)trainer.runEpoch({});
  return trainer.save();
}

/// Another source with some values gone.
std::shared_ptr<const TargetSource> without(const TargetSource& source,
                                            const std::function<bool(size_t row, size_t column)>& isGone) {
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < source.rows(); ++row) rows.push_back(row);
  Matrix<float> values(source.rows(), source.columns());
  source.gather(rows, 0, values.view());
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < values.cols(); ++c)
      if (isGone(r, c)) values(r, c) = kMissing;
  return targetSource(std::move(values));
}

TEST(NetworkTrainer, ALinearModelGivesTheNumbersOfTheLinearTrainer) {
  Toy toy = makeToy();
  toy.groups[0].settings.schedule = "cosine";
  toy.groups[0].settings.maxEpochs = 4;
  toy.groups[1].settings.learningRate = 3e-3;
  LinearTrainer fused(toy.data, toy.groups, {});
  NetworkTrainer networks(toy.data, toy.groups, {});
  for (int e = 0; e < 5; ++e) {
    const EpochResult a = fused.runEpoch({}), b = networks.runEpoch({});
    for (size_t g = 0; g < toy.groups.size(); ++g) {
      // Float32 sums in another order.
      EXPECT_NEAR(a.groups[g].trainLoss / b.groups[g].trainLoss, 1, 3e-6);
      EXPECT_NEAR(a.groups[g].validationLoss / b.groups[g].validationLoss, 1, 3e-6);
      EXPECT_NEAR(a.groups[g].meanCorrelation, b.groups[g].meanCorrelation, 1e-5);
      EXPECT_EQ(a.groups[g].learningRate, b.groups[g].learningRate);
      EXPECT_EQ(a.groups[g].state, b.groups[g].state);
      EXPECT_EQ(a.groups[g].bestEpoch, b.groups[g].bestEpoch);
    }
    ASSERT_EQ(a.correlation.size(), b.correlation.size());
  }
  for (size_t g = 0; g < toy.groups.size(); ++g) {
    const auto a = fused.bestModel(g), b = networks.bestModel(g);
    ASSERT_EQ(b.size(), 2U);
    for (size_t t = 0; t < 2; ++t) {
      EXPECT_EQ(a[t].name, b[t].name);
      EXPECT_EQ(a[t].shape, b[t].shape);
      for (size_t i = 0; i < a[t].valueCount(); ++i) EXPECT_NEAR(a[t].floats()[i], b[t].floats()[i], 1e-5);
    }
  }
}

TEST(NetworkTrainer, ThePlanDecidesWhichTrainerDrivesALinearModel) {
  Toy toy = makeToy();
  const auto isFused = [&] {
    return dynamic_cast<LinearTrainer*>(makeTrainer(toy.data, toy.groups, {}).get()) != nullptr;
  };
  EXPECT_TRUE(isFused());
  for (TargetGroup& group : toy.groups) group.settings.loss = "pearson";
  EXPECT_FALSE(isFused());
  EXPECT_EQ(makeTrainer(toy.data, toy.groups, {})->runEpoch({}).epoch, 1);
}

TEST(NetworkTrainer, ResumedTrainingIsBitIdentical) {
  const Toy toy = deepToy();
  const TrainerState whole = trained(toy, 9);
  for (const int pause : {0, 1, 4, 8}) {
    NetworkTrainer resumed(toy.data, toy.groups, {});
    resumed.restore(trained(toy, pause));
    EXPECT_EQ(resumed.epoch(), pause);
    for (int e = pause; e < 9; ++e) (void)resumed.runEpoch({});
    expectSameState(whole, resumed.save());
  }
}

// The test above has teeth only if each part of the state matters.
TEST(NetworkTrainer, EveryPartOfTheStateMatters) {
  const Toy toy = deepToy({5});
  const TrainerState whole = trained(toy, 4), fresh = trained(toy, 0);
  for (const std::string part : {"now/block0.linear.weight", "now/block0.norm.running_mean", "moment1/out.weight",
                                 "moment2/block1.linear.bias", "generator"}) {
    TrainerState state = trained(toy, 2);
    const std::string name = toy.groups[0].id + "/" + part;
    *std::ranges::find(state.tensors, name, &NamedTensor::name) = tensorNamed(fresh.tensors, name);
    NetworkTrainer resumed(toy.data, toy.groups, {});
    resumed.restore(state);
    (void)resumed.runEpoch({});
    (void)resumed.runEpoch({});
    const TrainerState end = resumed.save();
    EXPECT_FALSE(std::ranges::equal(end.tensors, whole.tensors, {}, &NamedTensor::data, &NamedTensor::data)) << part;
  }
}

TEST(NetworkTrainer, TheNumberOfThreadsDoesNotMatterWhileEveryThreadHasAGroup) {
  const Toy toy = deepToy();
  const TrainerState one = trained(toy, 4, {.threads = 1});
  expectSameState(one, trained(toy, 4, {.threads = 2}));
  expectSameState(one, trained(toy, 4, {.threads = 3}));
}

TEST(NetworkTrainer, AResumedTrainingKeepsItsThreadsPerGroup) {
  const Toy toy = deepToy({5});
  const TrainerState saved = trained(toy, 1, {.threads = 2});
  EXPECT_EQ(saved.scalars.at("threads_per_group"), 2);
  NetworkTrainer resumed(toy.data, toy.groups, {.threads = 1});
  resumed.restore(saved);
  (void)resumed.runEpoch({});
  expectSameState(trained(toy, 2, {.threads = 2}), resumed.save());
}

TEST(NetworkTrainer, AGroupDoesNotDependOnItsNeighbours) {
  const Toy toy = deepToy();
  Toy alone = deepToy();
  alone.groups = {toy.groups[1]};
  alone.data.sources = {toy.data.sources[1]};
  NetworkTrainer all(toy.data, toy.groups, {}), one(alone.data, alone.groups, {.threads = 1});
  for (int e = 0; e < 3; ++e) {
    const EpochResult a = all.runEpoch({}), b = one.runEpoch({});
    EXPECT_EQ(a.groups[1].validationLoss, b.groups[0].validationLoss);
  }
  const auto a = all.bestModel(1), b = one.bestModel(0);
  for (size_t t = 0; t < a.size(); ++t) EXPECT_EQ(a[t].data, b[t].data);
}

TEST(NetworkTrainer, BestWeightsAndBuffersAreThoseOfTheBestEpoch) {
  Toy toy = deepToy({5});
  toy.groups[0].settings.learningRate = 0.05;
  NetworkTrainer trainer(toy.data, toy.groups, {});
  std::vector<TrainerState> states;
  EpochResult result;
  while (!trainer.isFinished()) {
    result = trainer.runEpoch({});
    states.push_back(trainer.save());
  }
  const int best = result.groups[0].bestEpoch;
  ASSERT_GT(best, 0);
  EXPECT_LT(best, result.epoch) << "the toy is to overfit";
  for (const NamedTensor& tensor : trainer.bestModel(0))
    EXPECT_EQ(tensor.data, tensorNamed(states[static_cast<size_t>(best) - 1].tensors, "group0/now/" + tensor.name).data)
        << tensor.name;
}

TEST(NetworkTrainer, MissingResponsesAreAsIfTheirPicturesWereNotThere) {
  Toy toy = makeToy({.columns = {4}});
  toy.groups[0].settings.loss = "mse";
  Toy masked = toy;
  // Rows 48 to 69 are the last two minibatches when the order is kept; without any response they must not move weights.
  masked.data.sources = {without(*toy.data.sources[0], [](size_t row, size_t) { return row >= 48 && row < 70; })};
  Toy shorter = toy;
  shorter.data.split.train.resize(48);
  const auto inOrder = [](int, size_t rows) {
    std::vector<uint32_t> order(rows);
    for (uint32_t i = 0; i < rows; ++i) order[i] = i;
    return order;
  };
  for (Toy* each : {&masked, &shorter}) {
    each->groups[0].settings.solver = "sgd";
    each->groups[0].settings.momentum = 0;
    each->groups[0].settings.weightDecay = 0;
  }
  NetworkTrainer a(masked.data, masked.groups, {.order = inOrder}), b(shorter.data, shorter.groups, {.order = inOrder});
  for (int e = 0; e < 3; ++e) {
    const EpochResult x = a.runEpoch({}), y = b.runEpoch({});
    EXPECT_NEAR(x.groups[0].validationLoss, y.groups[0].validationLoss, 1e-9);
  }
}

TEST(NetworkTrainer, AMissingVertexLeavesTheOthersAlone) {
  const Toy toy = makeToy({.columns = {3}});
  Toy masked = toy, two = makeToy({.columns = {2}});
  masked.data.sources = {without(*toy.data.sources[0], [](size_t, size_t column) { return column == 2; })};
  two.data.sources = {targetSource([&] {
    Matrix<float> values(95, 2);
    std::vector<uint32_t> rows(95);
    for (uint32_t i = 0; i < 95; ++i) rows[i] = i;
    toy.data.sources[0]->gather(rows, 0, values.view());
    return values;
  }())};
  const auto zero = [](const TargetGroup&, MatrixView<float>, std::span<float>) {};
  NetworkTrainer a(masked.data, masked.groups, {.initialise = zero}), b(two.data, two.groups, {.initialise = zero});
  EpochResult x, y;
  for (int e = 0; e < 3; ++e) {
    x = a.runEpoch({});
    y = b.runEpoch({});
    EXPECT_NEAR(x.groups[0].trainLoss, y.groups[0].trainLoss, 1e-6);
    EXPECT_NEAR(x.groups[0].validationLoss, y.groups[0].validationLoss, 1e-6);
  }
  EXPECT_NEAR(x.correlation[0], y.correlation[0], 1e-6);
  EXPECT_TRUE(std::isnan(x.correlation[2]));
}

TEST(NetworkTrainer, ADivergingGroupStopsWithEpochAndReasonAndLeavesTheOthersAlone) {
  Toy toy = deepToy({5, 12});
  toy.groups[0].settings = groupSettingsFromJson(
      {{"solver", "sgd"}, {"learningRate", 10}, {"momentum", 0.99}, {"weightDecay", 0}, {"batchSize", 16}}, "toy");
  NetworkTrainer trainer(toy.data, toy.groups, {});
  EpochResult result = trainer.runEpoch({});
  for (int e = 0; e < 2; ++e) result = trainer.runEpoch({});
  EXPECT_EQ(result.groups[0].state, GroupState::Failed);
  EXPECT_THAT(result.groups[0].reason, ::testing::HasSubstr("epoch 1"));
  EXPECT_EQ(result.groups[1].state, GroupState::Training);
}

TEST(NetworkTrainer, AStopRequestLeavesATrainerThatMustBeRestored) {
  const Toy toy = deepToy();
  NetworkTrainer trainer(toy.data, toy.groups, {});
  (void)trainer.runEpoch({});
  const TrainerState saved = trainer.save();
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW((void)trainer.runEpoch(source.get_token()), Cancelled);
  (void)testing::errorOf([&] { (void)trainer.runEpoch({}); });
  (void)testing::errorOf([&] { (void)trainer.save(); });
  trainer.restore(saved);
  EXPECT_EQ(trainer.runEpoch({}).epoch, 2);
}

TEST(NetworkTrainer, ALastBatchOfOnePictureIsLeftOutOfBatchNormalisation) {
  Toy toy = deepToy({5});
  toy.data.split.train.resize(65);  // 4 x 16 + 1
  NetworkTrainer trainer(toy.data, toy.groups, {});
  const EpochResult result = trainer.runEpoch({});
  EXPECT_TRUE(std::isfinite(result.groups[0].validationLoss));
  EXPECT_EQ(trainer.save().scalars.at("groups")[0].at("time"), 4);
  toy.groups[0].settings.batchSize = 1;
  EXPECT_THAT(testing::errorOf([&] { NetworkTrainer(toy.data, toy.groups, {}); }).why, ::testing::HasSubstr("batch"));
}

TEST(NetworkTrainer, PredictsInBlocksWhatItPredictsOneByOne) {
  const Toy toy = deepToy({5});
  NetworkTrainer trainer(toy.data, toy.groups, {});
  (void)trainer.runEpoch({});
  Matrix<float> many(600, 9);
  Philox random(8);
  for (float& value : many.values()) value = static_cast<float>(random.normal());
  const Matrix<float> all = trainer.predict(0, std::as_const(many).view());
  ASSERT_EQ(all.rows(), 600U);
  for (const size_t row : {0U, 255U, 256U, 599U}) {
    const Matrix<float> one = trainer.predict(0, std::as_const(many).view().block(row, 0, 1, 9));
    for (size_t c = 0; c < 5; ++c) EXPECT_NEAR(one(0, c), all(row, c), 1e-5);
  }
  EXPECT_EQ(trainer.predict(0, MatrixView<const float>(nullptr, 0, 9)).rows(), 0U);
  EXPECT_THAT(testing::errorOf([&] { (void)trainer.predict(0, MatrixView<const float>(nullptr, 0, 8)); }).why,
              ::testing::HasSubstr("9 features"));
}

TEST(NetworkTrainer, ALossOfTheNoiseCeilingNeedsOne) {
  Toy toy = makeToy({.columns = {3}});
  toy.groups[0].settings.loss = "noise-mse";
  EXPECT_THAT(testing::errorOf([&] { NetworkTrainer(toy.data, toy.groups, {}); }).why,
              ::testing::HasSubstr("noise ceiling"));
  toy.data.ceilings = {{0.2F, 0.5F, 0.9F}};
  NetworkTrainer trainer(toy.data, toy.groups, {});
  const double first = trainer.runEpoch({}).groups[0].validationLoss;
  for (int e = 0; e < 8; ++e) (void)trainer.runEpoch({});
  EXPECT_LT(trainer.runEpoch({}).groups[0].validationLoss, first);
}

TEST(NetworkTrainer, AStateOfOtherGroupsOrShapesIsRefused) {
  const Toy toy = deepToy();
  const TrainerState good = trained(toy, 1);
  NetworkTrainer trainer(toy.data, toy.groups, {});
  TrainerState other = good;
  other.scalars["groups"][1]["id"] = "someone";
  EXPECT_THAT(testing::errorOf([&] { trainer.restore(other); }).why, ::testing::HasSubstr("someone"));
  other = good;
  other.scalars["groups"].erase(2);
  (void)testing::errorOf([&] { trainer.restore(other); });
  other = good;
  other.scalars.erase("threads_per_group");
  (void)testing::errorOf([&] { trainer.restore(other); });
  other = good;
  std::ranges::find(other.tensors, "group1/now/out.weight", &NamedTensor::name)->shape = {11, 12};
  EXPECT_EQ(testing::errorOf([&] { trainer.restore(other); }).where, "group1/now/out.weight");
  trainer.restore(good);
  expectSameState(good, trainer.save());
}

TEST(NetworkTrainer, UnfitDataIsRefused) {
  Toy toy = deepToy();
  toy.data.split.validation.push_back(500);
  EXPECT_THAT(testing::errorOf([&] { NetworkTrainer(toy.data, toy.groups, {}); }).why, ::testing::HasSubstr("row 500"));
  toy = deepToy();
  toy.data.sources.pop_back();
  (void)testing::errorOf([&] { NetworkTrainer(toy.data, toy.groups, {}); });
  toy = deepToy();
  toy.data.sources[1] = targetSource(Matrix<float>(7, 12));
  EXPECT_THAT(testing::errorOf([&] { NetworkTrainer(toy.data, toy.groups, {}); }).why, ::testing::HasSubstr("7"));
  toy = deepToy();
  toy.data.split.train.clear();
  (void)testing::errorOf([&] { NetworkTrainer(toy.data, toy.groups, {}); });
}

TEST(NetworkTrainer, OnCudaGivesTheNumbersOfTheCpu) {
  if (cudaStatus().devices.empty()) GTEST_SKIP() << "no CUDA device: " << cudaStatus().reason;
  Toy toy = deepToy();
  for (TargetGroup& group : toy.groups) group.settings.model["resDropout"] = 0;  // another generator, other masks
  NetworkTrainer cpu(toy.data, toy.groups, {}), cuda(toy.data, toy.groups, {.device = chooseDevice("cuda")});
  for (int e = 0; e < 3; ++e) {
    const EpochResult a = cpu.runEpoch({}), b = cuda.runEpoch({});
    for (size_t g = 0; g < toy.groups.size(); ++g) {
      EXPECT_NEAR(a.groups[g].trainLoss / b.groups[g].trainLoss, 1, 1e-4);
      EXPECT_NEAR(a.groups[g].validationLoss / b.groups[g].validationLoss, 1, 1e-4);
    }
  }
}

}  // namespace
}  // namespace corticast
