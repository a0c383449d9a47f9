#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/training/plan.h"
#include "core/training/presets.h"
#include "core/training/schedule.h"
#include "core/training/target_group.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Study smallStudy() {
  Study study;
  study.root = "/data/study";
  for (const char* id : {"subj01", "subj02"}) {
    Subject subject;
    subject.id = id;
    for (const Hemisphere side : kHemispheres) {
      HemisphereData data;
      data.hemisphere = side;
      data.vertices = {10, 11, 12, 13, 14, 15};
      data.rois = {
          {"OFA", "floc-faces", 1, {1, 2}}, {"mTL-faces", "floc-faces", 4, {}}, {"ventral", "streams", 5, {2, 4}}};
      subject.hemispheres.push_back(data);
    }
    study.subjects.push_back(subject);
  }
  return study;
}

std::vector<std::string> idsOf(const TargetGroups& cut) {
  std::vector<std::string> ids;
  for (const TargetGroup& group : cut.groups) ids.push_back(group.id);
  return ids;
}

TEST(Plan, SurvivesJson) {
  Plan plan = planFromPreset(preset("clip-linear-roi"));
  plan.dataset = "/data/study";
  plan.subjects = {"subj01"};
  plan.hemispheres = {Hemisphere::Right};
  plan.rois = {"OFA"};
  plan.seed = 12345678901;
  setInPlan(plan, "split.kind", "kfold");
  setInPlan(plan, "OFA.learningRate", "3e-4");
  const Json json = toJson(plan);
  EXPECT_EQ(toJson(planFromJson(parseJson(json.dump(), "test"), "test")), json);
}

struct BadPlan {
  std::string name, json, expected;
};
class BadPlans : public ::testing::TestWithParam<BadPlan> {};
TEST_P(BadPlans, AreRefusedWithTheReason) {
  const ErrorParts parts = testing::errorOf([] { (void)planFromJson(parseJson(GetParam().json, "p"), "plan.json"); });
  EXPECT_THAT(parts.where + ": " + parts.why + "; " + parts.remedy, HasSubstr(GetParam().expected));
}
INSTANTIATE_TEST_SUITE_P(
    Plan, BadPlans,
    ::testing::Values(BadPlan{"NotAnObject", "[]", "found array"}, BadPlan{"NoVersion", "{}", "no version"},
                      BadPlan{"NewerVersion", R"({"version": 2})", "version 2"},
                      BadPlan{"UnknownKey", R"({"version": 1, "foucs": "roi"})", "foucs"},
                      BadPlan{"UnknownFocus", R"({"version": 1, "focus": "lobe"})", "lobe"},
                      BadPlan{"UnknownSetting", R"({"version": 1, "defaults": {"learnRate": 1}})", "learnRate"},
                      BadPlan{"WrongType", R"({"version": 1, "defaults": {"patience": "ten"}})", "whole number"},
                      BadPlan{"OutOfRange", R"({"version": 1, "defaults": {"learningRate": -1}})", "must lie between"},
                      BadPlan{"Hemisphere", R"({"version": 1, "hemispheres": ["left"]})", "left"},
                      BadPlan{"SubjectsNoList", R"({"version": 1, "subjects": "subj01"})", "list of texts"},
                      BadPlan{"OverrideSetting",
                              R"({"version": 1, "overrides": [{"roi": "OFA", "settings": {"x": 1}}]})", "override 1"},
                      BadPlan{"OverrideKey", R"({"version": 1, "overrides": [{"ROI": "OFA"}]})", "ROI"},
                      BadPlan{"OverridesNoList", R"({"version": 1, "overrides": {}})", "must be a list"},
                      BadPlan{"Split", R"({"version": 1, "split": {"kind": "half"}})", "half"},
                      BadPlan{"Device", R"({"version": 1, "device": "gpu"})", "gpu"},
                      BadPlan{"DeviceNumber", R"({"version": 1, "device": "cuda:x"})", "cuda:x"},
                      BadPlan{"NegativeSeed", R"({"version": 1, "seed": -1})", "seed"},
                      BadPlan{"Threads", R"({"version": 1, "threads": 1.5})", "threads"},
                      BadPlan{"Alphas", R"({"version": 1, "defaults": {"ridgeAlphaLow": 10, "ridgeAlphaHigh": 1}})",
                              "ridgeAlphaLow"}),
    [](const auto& instance) { return instance.param.name; });

TEST(SetInPlan, ReachesSettingsSplitOverridesAndThePlanItself) {
  Plan plan;
  setInPlan(plan, "learningRate", "1e-3");
  setInPlan(plan, "split.trainFraction", "0.8");
  setInPlan(plan, "FFA-1.patience", "3");
  setInPlan(plan, "FFA-1.learningRate", "1e-5");
  setInPlan(plan, "subj01/lh/OFA.maxEpochs", "7");
  setInPlan(plan, "subj01-lh-OFA.pca", "50");
  setInPlan(plan, "seed", "9");
  EXPECT_EQ(plan.defaults.at("learningRate"), 1e-3);
  EXPECT_EQ(plan.split.trainFraction, 0.8);
  EXPECT_EQ(plan.seed, 9U);
  ASSERT_EQ(plan.overrides.size(), 3U);
  EXPECT_EQ(plan.overrides[0].roi, "FFA-1");
  EXPECT_EQ(plan.overrides[0].settings.size(), 2U);
  EXPECT_EQ(plan.overrides[1].subject + plan.overrides[1].hemisphere + plan.overrides[1].roi, "subj01lhOFA");
  EXPECT_EQ(plan.overrides[2].id, "subj01-lh-OFA");
}

TEST(SetInPlan, RefusesWhatItDoesNotKnowAndLeavesThePlanAlone) {
  Plan plan;
  const Json before = toJson(plan);
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{{"lr", "1"},
                                                                                   {"OFA.lr", "1"},
                                                                                   {"split.x", "1"},
                                                                                   {"learningRate", "fast"},
                                                                                   {"seed", "-2"},
                                                                                   {"seed", ""},
                                                                                   {"focus", "lobe"},
                                                                                   {"device", "tpu"},
                                                                                   {"lh/rh.pca", "1"},
                                                                                   {".pca", "1"}})
    (void)testing::errorOf([&] { setInPlan(plan, key, value); });
  EXPECT_EQ(toJson(plan), before);
}

TEST(TargetGroups, OneModelPerRoiWithAbsentOnesListed) {
  Plan plan;
  plan.subjects = {"subj01"};
  const TargetGroups cut = cutTargetGroups(plan, smallStudy());
  EXPECT_THAT(idsOf(cut), ElementsAre("subj01-lh-OFA", "subj01-lh-ventral", "subj01-rh-OFA", "subj01-rh-ventral"));
  EXPECT_THAT(cut.groups[0].parts[0].columns, ElementsAre(1, 2));
  EXPECT_EQ(cut.groups[0].roiClass, "floc-faces");
  ASSERT_EQ(cut.skipped.size(), 2U);
  EXPECT_THAT(cut.skipped[0].reason, HasSubstr("no vertex of mTL-faces in lh"));
}

TEST(TargetGroups, AllRoisAreTheUnionAndAHemisphereIsEverything) {
  Plan plan;
  plan.hemispheres = {Hemisphere::Left};
  plan.focus = "all-rois";
  TargetGroups cut = cutTargetGroups(plan, smallStudy());
  EXPECT_THAT(idsOf(cut), ElementsAre("subj01-lh-all-rois", "subj02-lh-all-rois"));
  EXPECT_THAT(cut.groups[0].parts[0].columns, ElementsAre(1, 2, 4));
  plan.focus = "hemisphere";
  cut = cutTargetGroups(plan, smallStudy());
  EXPECT_EQ(cut.groups[0].columnCount(), 6U);
}

TEST(TargetGroups, OverridesApplyInOrderAndOnlyWhereTheyMatch) {
  Plan plan;
  setInPlan(plan, "patience", "4");
  setInPlan(plan, "OFA.patience", "5");
  setInPlan(plan, "subj02/rh/OFA.patience", "6");
  const TargetGroups cut = cutTargetGroups(plan, smallStudy());
  for (const TargetGroup& group : cut.groups) {
    const int expected = group.roi != "OFA" ? 4 : group.id == "subj02-rh-OFA" ? 6 : 5;
    EXPECT_EQ(group.settings.patience, expected) << group.id;
  }
}

TEST(TargetGroups, RefuseNamesTheStudyDoesNotHave) {
  const Study study = smallStudy();
  Plan plan;
  plan.rois = {"OFB"};
  EXPECT_THAT(testing::errorOf([&] { (void)cutTargetGroups(plan, study); }).remedy, HasSubstr("OFA"));
  plan = {};
  plan.subjects = {"subj09"};
  (void)testing::errorOf([&] { (void)cutTargetGroups(plan, study); });
  plan = {};
  setInPlan(plan, "ofa.patience", "5");
  EXPECT_THAT(testing::errorOf([&] { (void)cutTargetGroups(plan, study); }).where, HasSubstr("ofa"));
  plan = {};
  plan.rois = {"mTL-faces"};
  (void)testing::errorOf([&] { (void)cutTargetGroups(plan, study); });
}

TEST(Cohorts, GroupsThatShareSubjectInputsAndStepGoTogether) {
  Plan plan;
  setInPlan(plan, "subj02/lh/OFA.pca", "10");
  setInPlan(plan, "subj02/rh/OFA.solver", "ridge");
  setInPlan(plan, "subj02/rh/ventral.learningRate", "1e-2");
  const TargetGroups cut = cutTargetGroups(plan, smallStudy());
  const auto cohorts = cohortsOf(cut.groups);
  ASSERT_EQ(cohorts.size(), 4U);
  EXPECT_EQ(cohorts[0].id, "subj01");
  EXPECT_THAT(cohorts[0].groups, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(cohorts[1].id, "subj02");
  EXPECT_THAT(cohorts[1].groups, ElementsAre(4));
  EXPECT_EQ(cohorts[2].id, "subj02-2");
  EXPECT_THAT(cohorts[2].groups, ElementsAre(5, 7)) << "learning rates may differ within a cohort";
  EXPECT_THAT(cohorts[3].groups, ElementsAre(6));
}

TEST(Presets, AreValidPlansWithThePapersSettings) {
  for (const Preset& each : presets()) {
    const Plan plan = planFromPreset(each);
    EXPECT_EQ(toJson(planFromJson(toJson(plan), each.id)), toJson(plan)) << each.id;
    EXPECT_EQ(defaultSettings(plan).architecture, each.architecture);
  }
  EXPECT_EQ(defaultSettings(planFromPreset(preset("clip-linear-all"))).decayFactor, 0.5);
  EXPECT_EQ(defaultSettings(planFromPreset(preset("clip-linear-roi"))).learningRate, 1e-4);
  EXPECT_EQ(defaultSettings(planFromPreset(preset("baseline-alexnet"))).solver, "ols");
  EXPECT_EQ(planFromPreset(preset("clip-deep-cross")).crossSubject, "shared-head");
  (void)testing::errorOf([] { (void)preset("clip-linear"); });
}

TEST(GroupParams, EverySettingIsDescribed) {
  for (const Param& param : groupParams()) {
    EXPECT_FALSE(param.label.empty()) << param.id;
    EXPECT_FALSE(param.help.empty()) << param.id;
    EXPECT_FALSE(param.section.empty()) << param.id;
    EXPECT_EQ(whyInvalid(param, param.defaultValue), "") << param.id;
  }
}

TEST(LearningRate, FallsAsStepLR) {
  GroupSettings s;
  s.learningRate = 1;
  s.decayFactor = 0.5;
  s.decayEvery = 10;
  EXPECT_EQ(learningRateAt(s, 1), 1);
  EXPECT_EQ(learningRateAt(s, 10), 1);
  EXPECT_EQ(learningRateAt(s, 11), 0.5);
  EXPECT_EQ(learningRateAt(s, 31), 0.125);
}

}  // namespace
}  // namespace corticast
