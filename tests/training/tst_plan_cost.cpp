#include "core/training/plan_cost.h"
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

TEST(Machine, IsMeasured) {
  const Machine machine = measureMachine();
  EXPECT_GE(machine.threads, 1U);
  EXPECT_GT(machine.flopsPerSecond, 1e8);
  EXPECT_GT(machine.freeMemoryBytes, 1000000U);
}

}  // namespace
}  // namespace corticast
