#include "core/comparison/plan_differences.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/testing/testing.h"

using namespace corticast;

namespace {

Plan plan(const Json& defaults) {
  Plan made;
  made.dataset = "study";
  made.defaults = defaults;
  return made;
}

const PlanDifference* find(const std::vector<PlanDifference>& differences, const std::string& key) {
  const auto found = std::ranges::find(differences, key, &PlanDifference::key);
  return found == differences.end() ? nullptr : &*found;
}

}  // namespace

TEST(PlanDifferences, areNoneBetweenEqualPlans) {
  Plan first = plan({{"learningRate", 1e-3}}), second = first;
  second.name = "another name";
  second.device = "cuda";
  EXPECT_TRUE(planDifferences({first, second}).empty());
  EXPECT_TRUE(planDifferences({}).empty());
}

TEST(PlanDifferences, countADefaultAsItsValue) {
  EXPECT_TRUE(planDifferences({plan({{"learningRate", 1e-4}}), plan(Json::object())}).empty());
  const auto differences = planDifferences({plan({{"learningRate", 3e-4}}), plan(Json::object())});
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0].key, "learningRate");
  EXPECT_EQ(differences[0].values[0], "0.0003");
  EXPECT_EQ(differences[0].values[1], "0.0001");
  EXPECT_FALSE(differences[0].label.empty());
}

TEST(PlanDifferences, leaveOutWhatDoesNotMatter) {
  const auto differences = planDifferences({plan(Json::object()), plan({{"solver", "ridge"}})});
  ASSERT_TRUE(find(differences, "solver"));
  ASSERT_TRUE(find(differences, "learningRate"));
  EXPECT_TRUE(find(differences, "learningRate")->values[0].has_value());
  EXPECT_FALSE(find(differences, "learningRate")->values[1].has_value());
  EXPECT_FALSE(find(differences, "ridgeAlpha")->values[0].has_value());
}

TEST(PlanDifferences, nameOverridesAndSplits) {
  Plan first = plan(Json::object()), second = first;
  first.overrides.push_back({"", "lh", "OFA", "", {{"learningRate", 1e-3}}});
  second.focus = "hemisphere";
  second.seed = 9;
  const auto differences = planDifferences({first, second});
  ASSERT_TRUE(find(differences, "lh/OFA.learningRate"));
  EXPECT_EQ(find(differences, "lh/OFA.learningRate")->values[0], "0.001");
  EXPECT_FALSE(find(differences, "lh/OFA.learningRate")->values[1].has_value());
  EXPECT_EQ(find(differences, "focus")->values[1], "Whole hemisphere");
  EXPECT_EQ(find(differences, "seed")->values[1], "9");
}
