#include <cmath>

#include "core/training/device_linear_trainer.h"
#include "core/training/linear_trainer.h"
#include "tests/testing/testing.h"
#include "tests/training/toy.h"

namespace corticast {
namespace {

void expectSameTraining(Trainer& a, Trainer& b, int epochs) {
  for (int e = 0; e < epochs; ++e) {
    const EpochResult first = a.runEpoch({}), second = b.runEpoch({});
    for (size_t g = 0; g < first.groups.size(); ++g) {
      EXPECT_NEAR(first.groups[g].trainLoss / second.groups[g].trainLoss, 1, 2e-6);
      EXPECT_NEAR(first.groups[g].validationLoss / second.groups[g].validationLoss, 1, 2e-6);
      EXPECT_EQ(first.groups[g].state, second.groups[g].state);
      EXPECT_EQ(first.groups[g].bestEpoch, second.groups[g].bestEpoch);
    }
    for (size_t c = 0; c < first.correlation.size(); ++c)
      EXPECT_NEAR(first.correlation[c], second.correlation[c], 1e-5);
  }
  for (size_t g = 0; g < a.groups().size(); ++g) {
    const auto first = a.bestModel(g), second = b.bestModel(g);
    for (size_t i = 0; i < first[0].valueCount(); ++i) EXPECT_NEAR(first[0].floats()[i], second[0].floats()[i], 1e-5);
  }
}

testing::Toy mixedToy() {
  testing::Toy toy = testing::makeToy({.columns = {5, 1100, 3}});
  toy.groups[0].settings.maxEpochs = 2;
  toy.groups[1].settings.learningRate = 1e-3;
  toy.groups[1].settings.beta2 = 0.99;
  return toy;
}

TEST(DeviceLinearTrainer, TrainsAsTheBlockedOneDoes) {
  const testing::Toy toy = mixedToy();
  LinearTrainer blocked(toy.data, toy.groups, {});
  DeviceLinearTrainer whole(toy.data, toy.groups, {});
  expectSameTraining(blocked, whole, 5);
}

TEST(DeviceLinearTrainer, TakesOverABlockedTrainingHalfWay) {
  const testing::Toy toy = mixedToy();
  LinearTrainer blocked(toy.data, toy.groups, {});
  (void)blocked.runEpoch({});
  (void)blocked.runEpoch({});
  DeviceLinearTrainer whole(toy.data, toy.groups, {});
  whole.restore(blocked.save());
  EXPECT_EQ(whole.epoch(), 2);
  expectSameTraining(blocked, whole, 2);
}

TEST(DeviceLinearTrainer, AStopRequestLeavesATrainerThatMustBeRestored) {
  const testing::Toy toy = mixedToy();
  DeviceLinearTrainer trainer(toy.data, toy.groups, {});
  (void)trainer.runEpoch({});
  const TrainerState saved = trainer.save();
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW((void)trainer.runEpoch(source.get_token()), Cancelled);
  (void)testing::errorOf([&] { (void)trainer.runEpoch({}); });
  trainer.restore(saved);
  EXPECT_EQ(trainer.runEpoch({}).epoch, 2);
}

TEST(DeviceLinearTrainer, OnCudaGivesTheNumbersOfTheCpu) {
  if (cudaStatus().devices.empty()) GTEST_SKIP() << "no CUDA device: " << cudaStatus().reason;
  const testing::Toy toy = mixedToy();
  LinearTrainer cpu(toy.data, toy.groups, {});
  const auto cuda = makeTrainer(toy.data, toy.groups, {.device = chooseDevice("cuda")});
  expectSameTraining(cpu, *cuda, 5);
}

}  // namespace
}  // namespace corticast
