#include "core/training/study_plan.h"

#include <nlohmann/json.hpp>

#include "core/training/presets.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using ::testing::HasSubstr;

std::string complaint(const std::function<void()>& action) {
  const ErrorParts parts = corticast::testing::errorOf(action);
  return parts.where + ": " + parts.why;
}

Json oneRow(const Json& row) {
  return {{"version", 1}, {"name", "mine"}, {"rows", {row}}};
}

TEST(StudyPlan, TheShippedOneHoldsEveryPresetOnce) {
  ASSERT_FALSE(studyPlans().empty());
  std::vector<std::string> used, known;
  for (const StudyRow& row : studyPlans().front().rows) used.push_back(row.preset);
  for (const Preset& each : presets()) known.push_back(each.id);
  EXPECT_THAT(used, ::testing::UnorderedElementsAreArray(known));
}

TEST(StudyPlan, ARowIsItsPresetWithAnEmbedding) {
  for (const StudyRow& row : studyPlans().front().rows) {
    Plan plan = planOf(row, "/data/study");
    EXPECT_EQ(plan.dataset, "/data/study");
    EXPECT_NE(plan.defaults.value("backbone", ""), "");
    plan.defaults.erase("backbone");
    plan.defaults.erase("layer");
    Plan bare = planFromPreset(preset(row.preset));
    bare.dataset = "/data/study";
    EXPECT_EQ(toJson(plan), toJson(bare)) << row.preset;
  }
}

TEST(StudyPlan, SettingsOfARowComeOnTop) {
  const StudyPlan study = studyPlanFromJson(
      oneRow({{"preset", "clip-linear-roi"}, {"name", "fast"}, {"settings", {{"learningRate", 0.01}}}}), "mine.json");
  const Plan plan = planOf(study.rows.front(), "/data/study");
  EXPECT_EQ(plan.name, "fast");
  EXPECT_EQ(defaultSettings(plan).learningRate, 0.01);
  EXPECT_EQ(defaultSettings(plan).decayEvery, 10);
}

TEST(StudyPlan, AnEmbeddingIsAFolderOrABackboneAndALayer) {
  Plan plan;
  setEmbedding(plan, "alexnet:features.2");
  EXPECT_EQ(plan.defaults.at("backbone"), "alexnet");
  EXPECT_EQ(plan.defaults.at("layer"), "features.2");
  setEmbedding(plan, "gabor");
  EXPECT_FALSE(plan.defaults.contains("layer"));
  setEmbedding(plan, "/");
  EXPECT_EQ(plan.defaults.at("embedding"), "/");
  EXPECT_THAT(complaint([&] { setEmbedding(plan, "/no/such/folder"); }), HasSubstr("no such folder"));
}

TEST(StudyPlan, RefusesWhatItDoesNotKnowNamingTheRow) {
  const auto whyNot = [](const Json& json) { return complaint([&] { (void)studyPlanFromJson(json, "mine.json"); }); };
  EXPECT_THAT(whyNot(oneRow({{"preset", "clip-linear-roy"}})), HasSubstr("clip-linear-roy"));
  EXPECT_THAT(whyNot(oneRow({{"preset", "clip-deep"}, {"sets", 1}})),
              AllOf(HasSubstr("mine.json, row 1"), HasSubstr("\"sets\"")));
  EXPECT_THAT(whyNot(oneRow({{"preset", "clip-deep"}, {"settings", {{"learningRate", -1}}}})),
              AllOf(HasSubstr("row 1"), HasSubstr("learningRate")));
  EXPECT_THAT(whyNot(oneRow({{"name", "no preset"}})), HasSubstr("names no preset"));
  EXPECT_THAT(whyNot({{"version", 2}, {"rows", Json::array()}}), HasSubstr("version"));
  EXPECT_THAT(whyNot({{"version", 1}, {"rows", Json::array()}}), HasSubstr("no rows"));
}

}  // namespace
}  // namespace corticast
