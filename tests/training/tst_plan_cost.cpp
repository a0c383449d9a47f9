#include "core/training/plan_cost.h"

#include <nlohmann/json.hpp>

#include "tests/testing/testing.h"

namespace corticast {
namespace {

TargetGroups groupsOf(const std::vector<size_t>& sizes, const std::string& solver = "adamw") {
  TargetGroups cut;
  for (size_t g = 0; g < sizes.size(); ++g) {
    TargetGroup group;
    group.id = "group" + std::to_string(g);
    group.parts = {{"subj01", Hemisphere::Left, std::vector<uint32_t>(sizes[g])}};
    group.settings.solver = solver;
    group.settings.maxEpochs = 10;
    cut.groups.push_back(group);
  }
  return cut;
}

CohortSize fullSize(const TargetGroup&) {
  return {8857, 984, 159, 512};
}
constexpr Machine kMachine{.threads = 2, .flopsPerSecond = 1.7e11, .freeMemoryBytes = uint64_t{8} << 30};

TEST(PlanCost, CountsModelsTargetsAndWeights) {
  const PlanCost cost = planCost(groupsOf({100, 20}), fullSize, kMachine);
  EXPECT_EQ(cost.models, 2U);
  EXPECT_EQ(cost.targets, 120U);
  EXPECT_EQ(cost.weights, 120U * 513);
  EXPECT_EQ(cost.refusal, "");
  EXPECT_NEAR(cost.secondsAtMost, 10 * cost.secondsPerEpoch, 1e-9);
}

TEST(PlanCost, AnEpochOfTheReferenceShapeTakesAboutASecond) {
  const PlanCost cost = planCost(groupsOf({7600}), fullSize, kMachine);
  EXPECT_GT(cost.secondsPerEpoch, 0.4);
  EXPECT_LT(cost.secondsPerEpoch, 2);
  EXPECT_LT(cost.memoryBytes, 1500000000U);
}

TEST(PlanCost, RefusesWhatDoesNotFitAndSaysWhy) {
  Machine small = kMachine;
  small.freeMemoryBytes = 100000000;
  for (const char* solver : {"adamw", "ridge"}) {
    const PlanCost cost = planCost(groupsOf({40000}, solver), fullSize, small);
    EXPECT_THAT(cost.refusal, ::testing::HasSubstr("100 MB")) << solver;
  }
}

TargetGroups networks(size_t count, size_t targets, const Json& settings) {
  TargetGroups cut = groupsOf(std::vector<size_t>(count, targets));
  for (TargetGroup& group : cut.groups) {
    group.settings = groupSettingsFromJson(settings, group.id);
    for (uint32_t v = 0; v < targets; ++v) group.parts[0].vertices.push_back(v);
  }
  return cut;
}

constexpr uint64_t kProgram = 180000000;
constexpr Machine kOneThread{.threads = 1, .flopsPerSecond = 1e9, .freeMemoryBytes = uint64_t{8} << 30};

TEST(PlanCost, MemoryOfNetworksByHand) {
  const Json settings = {{"architecture", "deep"}, {"deepBlocks", 1}, {"deepWidth", 2}, {"batchSize", 4}};
  const auto sizeOf = [](const TargetGroup&) {
    return CohortSize{.trainingImages = 8, .validationImages = 2, .features = 3};
  };
  // 3 features -> 2 values with normalisation -> 2 vertices: (3 + 3) 2 + (2 + 1) 2 weights, 3 (2 + 2) values kept.
  const uint64_t weights = 18, pass = 4 * 3 + 2 * 4 * 12 + weights + 2 * 2, features = 10 * 3, responses = 10 * 2;
  const PlanCost one = planCost(networks(1, 2, settings), sizeOf, kOneThread);
  EXPECT_EQ(one.weights, weights);
  EXPECT_EQ(one.memoryBytes, kProgram + 4 * (8 * weights + pass + features + responses));
  const PlanCost three = planCost(networks(3, 2, settings), sizeOf, kOneThread);
  EXPECT_EQ(three.memoryBytes, kProgram + 4 * (3 * 8 * weights + pass + features + 3 * responses))
      << "one thread has one group at work";
  Machine two = kOneThread;
  two.threads = 2;
  EXPECT_EQ(planCost(networks(3, 2, settings), sizeOf, two).memoryBytes, three.memoryBytes + 4 * pass);
}

TEST(PlanCost, AMapKeepsItsShapeUnlessItIsReduced) {
  CohortSize size;
  setFeatures(size, std::vector<size_t>{2, 4, 4}, 0);
  EXPECT_EQ(size.features, 32U);
  EXPECT_EQ(size.imageShape, (std::vector<int64_t>{2, 4, 4}));
  setFeatures(size, std::vector<size_t>{2, 4, 4}, 5);
  EXPECT_EQ(size.features, 5U);
  EXPECT_EQ(size.storedFeatures, 32U);
  EXPECT_TRUE(size.imageShape.empty());
  setFeatures(size, std::vector<size_t>{7}, 0);
  EXPECT_EQ(size.features, 7U);
  EXPECT_TRUE(size.imageShape.empty());
}

TEST(PlanCost, ATrunkOverAMapByHand) {
  const TargetGroups cut = networks(1, 3,
                                    {{"architecture", "positional"},
                                     {"positionalTrunk", "conv2d"},
                                     {"positionalTrunkChannels", {3}},
                                     {"positionalAreaWidth", 2},
                                     {"positionalChannels", {1}},
                                     {"positionalEncodingWidth", 2}});
  const auto sizeOf = [](const TargetGroup&) {
    CohortSize size{.trainingImages = 8, .validationImages = 2};
    setFeatures(size, std::vector<size_t>{2, 4, 4}, 0);
    return size;
  };
  // Conv2d 2 -> 3 with normalisation, linear 3 x 2 x 2 -> 2, Conv1d 2 + 6 -> 1 with normalisation, Conv1d 1 + 6 -> 1.
  EXPECT_EQ(planCost(cut, sizeOf, kOneThread).weights, (2U * 9 + 3) * 3 + (12 + 1) * 2 + (8 + 3) + (7 + 1));
}

TEST(PlanCost, FeaturesThatStayOnDiskTakeNoMemory) {
  const auto memory = [](uint64_t images) {
    const auto sizeOf = [images](const TargetGroup&) {
      return CohortSize{.trainingImages = images, .validationImages = 10, .features = 250000};
    };
    const Json settings = {{"architecture", "deep"}, {"deepBlocks", 1}, {"deepWidth", 1}, {"batchSize", 2}};
    return planCost(networks(1, 1, settings), sizeOf, kOneThread).memoryBytes;
  };
  EXPECT_GT(memory(900), 3U * 910 * 1000000)
      << "while they are reduced: as stored, as fitted on, as the models see them";
  EXPECT_LT(memory(1100), 300000000U);
}

TEST(Machine, IsMeasured) {
  const Machine machine = measureMachine();
  EXPECT_GE(machine.threads, 1U);
  EXPECT_GT(machine.flopsPerSecond, 1e8);
  EXPECT_GT(machine.freeMemoryBytes, 1000000U);
}

}  // namespace
}  // namespace corticast
