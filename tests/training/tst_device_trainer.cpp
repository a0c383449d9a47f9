#include <cmath>
#include <nlohmann/json.hpp>

#include "core/training/device_linear_trainer.h"
#include "core/training/linear_trainer.h"
#include "core/training/trainer_device.h"
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

TargetGroup groupOf(const std::string& id, const Json& settings, const std::vector<std::string>& subjects) {
  TargetGroup group;
  group.id = id;
  group.settings = groupSettingsFromJson(settings, id);
  for (const std::string& subject : subjects) group.parts.push_back({.subject = subject, .columns = {0}});
  return group;
}

const Device kCuda = {DeviceKind::Cuda, 1, "cuda:1, a card (as asked)"};

TEST(TrainerDevice, IsTheOneThatIsComputedOn) {
  const TargetGroup linear = groupOf("a", Json::object(), {"subj01"}),
                    together = groupOf("b", Json::object(), {"subj01", "subj02"}),
                    closed = groupOf("c", {{"solver", "ridge"}}, {"subj01"}),
                    deep = groupOf("d", {{"architecture", "deep"}}, {"subj01", "subj02"});
  EXPECT_EQ(trainerDevice({linear}, kCuda).reason, kCuda.reason);
  EXPECT_EQ(trainerDevice({deep}, kCuda).id(), "cuda:1");
  EXPECT_EQ(trainerDevice({together}, kCuda).reason,
            "cpu (linear models of several subjects are trained on it; cuda:1 is not used)");
  EXPECT_EQ(trainerDevice({closed}, kCuda).id(), "cpu");
  EXPECT_EQ(trainerDevice({together}, {DeviceKind::Cpu, 0, "cpu (as asked)"}).reason, "cpu (as asked)");

  const std::vector<TargetGroup> all = {linear, together, closed, deep};
  EXPECT_EQ(describeDevices(all, cohortsOf({linear, linear}), kCuda), kCuda.reason);
  EXPECT_EQ(describeDevices(all, cohortsOf(all), kCuda),
            "cuda:1, a card (as asked), and "
            "cpu (linear models of several subjects are trained on it; cuda:1 is not used), and "
            "cpu (closed forms are solved on it; cuda:1 is not used)");
}

// The device is not there: only what does not use it can be trained.
TEST(TrainerDevice, LinearModelsOfSeveralSubjectsLeaveCudaAlone) {
  testing::Toy toy = testing::makeToy({.columns = {2}});
  toy.data.subjects = {"subj01", "subj02"};
  for (uint32_t row = 0; row < toy.data.features->rows(); ++row) toy.data.rowSubject.push_back(row % 2);
  for (const std::string& subject : toy.data.subjects)
    toy.groups[0].parts.push_back({.subject = subject, .columns = {0, 1}, .outputs = {0, 1}});
  EXPECT_EQ(trainerDevice(toy.groups, kCuda).kind, DeviceKind::Cpu);
  const auto asked = makeTrainer(toy.data, toy.groups, {.device = kCuda}), cpu = makeTrainer(toy.data, toy.groups, {});
  EXPECT_EQ(asked->runEpoch({}).groups[0].trainLoss, cpu->runEpoch({}).groups[0].trainLoss);
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
