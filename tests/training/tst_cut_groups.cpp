#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/training/plan.h"
#include "core/training/target_group.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two subjects; subj02 lacks fsaverage vertex 10 and has 16 instead. OFA is on different vertices, aTL is absent in
/// lh.
Study twoSubjects() {
  Study study;
  study.root = "/data/study";
  for (const uint32_t shift : {0U, 1U}) {
    Subject subject;
    subject.id = shift == 0 ? "subj01" : "subj02";
    for (const Hemisphere side : kHemispheres) {
      HemisphereData data;
      data.hemisphere = side;
      for (uint32_t v = 10; v < 16; ++v) data.vertices.push_back(v + shift);
      data.rois = {
          {"OFA", "floc-faces", 1, {1, 2}},
          {"aTL", "floc-faces", 5, side == Hemisphere::Left ? std::vector<uint32_t>{} : std::vector<uint32_t>{5}},
          {"PPA", "floc-places", 2, {2, 4}}};
      subject.hemispheres.push_back(std::move(data));
    }
    study.subjects.push_back(std::move(subject));
  }
  return study;
}

std::vector<std::string> idsOf(const TargetGroups& cut) {
  std::vector<std::string> ids;
  for (const TargetGroup& group : cut.groups) ids.push_back(group.id);
  return ids;
}

Plan planWith(const std::string& focus, const std::string& cross = "no") {
  Plan plan;
  plan.focus = focus;
  plan.crossSubject = cross;
  return plan;
}

TEST(FocusRoiPair, OneModelForBothHemispheres) {
  Plan plan = planWith("roi-pair");
  plan.subjects = {"subj02"};
  setInPlan(plan, "OFA.patience", "3");
  const TargetGroups cut = cutTargetGroups(plan, twoSubjects());
  EXPECT_THAT(idsOf(cut), ElementsAre("subj02-bh-OFA", "subj02-bh-aTL", "subj02-bh-PPA"));
  const TargetGroup& ofa = cut.groups[0];
  EXPECT_EQ(ofa.label, "OFA, both hemispheres, subj02");
  EXPECT_EQ(ofa.roi, "OFA");
  EXPECT_EQ(ofa.settings.patience, 3);
  ASSERT_EQ(ofa.parts.size(), 2U);
  EXPECT_EQ(ofa.parts[1].hemisphere, Hemisphere::Right);
  EXPECT_THAT(ofa.parts[1].columns, ElementsAre(1, 2));
  EXPECT_THAT(ofa.parts[1].vertices, ElementsAre(12, 13));
  EXPECT_THAT(ofa.outputsOf(1), ElementsAre(2, 3));
  EXPECT_EQ(ofa.outputCount(), 4U);
  ASSERT_EQ(cut.groups[1].parts.size(), 1U) << "aTL is absent in lh, not an empty part";
  EXPECT_EQ(cut.groups[1].parts[0].hemisphere, Hemisphere::Right);
}

TEST(FocusGroups, AnyRoisOfEitherHemisphere) {
  Plan plan = planWith("groups");
  plan.subjects = {"subj01"};
  setInPlan(plan, "groups", "faces: OFA, rh/aTL; left: lh/OFA, lh/PPA");
  setInPlan(plan, "faces.learningRate", "2e-3");
  const TargetGroups cut = cutTargetGroups(plan, twoSubjects());
  EXPECT_THAT(idsOf(cut), ElementsAre("subj01-bh-faces", "subj01-lh-left"));
  EXPECT_THAT(cut.groups[0].parts[0].columns, ElementsAre(1, 2));
  EXPECT_THAT(cut.groups[0].parts[1].columns, ElementsAre(1, 2, 5));
  EXPECT_EQ(cut.groups[0].roi, "");
  EXPECT_EQ(cut.groups[0].name, "faces");
  EXPECT_EQ(cut.groups[0].settings.learningRate, 2e-3);
  EXPECT_EQ(cut.groups[1].settings.learningRate, GroupSettings{}.learningRate);
  EXPECT_THAT(cut.groups[1].parts[0].columns, ElementsAre(1, 2, 4)) << "a vertex of two ROIs is predicted once";
}

TEST(FocusVertex, ByFsaverageIndexOrColumn) {
  Plan plan = planWith("vertex");
  setInPlan(plan, "vertices", "lh:10, rh:c5 subj01/lh:12, subj01/lh:c2");
  const TargetGroups cut = cutTargetGroups(plan, twoSubjects());
  EXPECT_THAT(idsOf(cut), ElementsAre("subj01-lh-v10", "subj01-rh-v15", "subj01-lh-v12", "subj02-rh-v16"));
  EXPECT_THAT(cut.groups[0].parts[0].columns, ElementsAre(0));
  EXPECT_EQ(cut.groups[0].label, "vertex 10, lh, subj01");
  EXPECT_THAT(cut.groups[3].parts[0].columns, ElementsAre(5));
  ASSERT_EQ(cut.skipped.size(), 1U);
  EXPECT_THAT(cut.skipped[0].reason, HasSubstr("subj02 has no vertex 10"));
}

TEST(CrossSubject, ASharedHeadHasAnOutputPerVertexOfFsaverage) {
  const TargetGroups cut = cutTargetGroups(planWith("hemisphere", "shared-head"), twoSubjects());
  EXPECT_THAT(idsOf(cut), ElementsAre("cross-lh-hemisphere", "cross-rh-hemisphere"));
  const TargetGroup& left = cut.groups[0];
  EXPECT_EQ(left.label, "whole hemisphere, lh, 2 subjects together");
  EXPECT_EQ(left.outputCount(), 7U) << "vertices 10 to 16";
  EXPECT_EQ(left.columnCount(), 12U);
  EXPECT_THAT(left.outputsOf(0), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(left.outputsOf(1), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(left.subjects(), ElementsAre("subj01", "subj02"));
}

TEST(CrossSubject, OutputsOfBothHemispheresAreApart) {
  const TargetGroups cut = cutTargetGroups(planWith("roi-pair", "shared-head"), twoSubjects());
  EXPECT_THAT(idsOf(cut), ElementsAre("cross-bh-OFA", "cross-bh-aTL", "cross-bh-PPA"));
  const TargetGroup& ofa = cut.groups[0];  // subj01: 11, 12; subj02: 12, 13, in both hemispheres
  ASSERT_EQ(ofa.parts.size(), 4U);
  EXPECT_EQ(ofa.outputCount(), 6U);
  EXPECT_THAT(ofa.outputsOf(0), ElementsAre(0, 1));
  EXPECT_THAT(ofa.outputsOf(1), ElementsAre(3, 4));
  EXPECT_THAT(ofa.outputsOf(2), ElementsAre(1, 2));
  EXPECT_THAT(ofa.outputsOf(3), ElementsAre(4, 5));
}

TEST(CrossSubject, SubjectHeadsKeepTheColumnsApart) {
  Plan plan = planWith("roi", "subject-heads");
  setInPlan(plan, "cross/lh/OFA.patience", "2");
  const TargetGroups cut = cutTargetGroups(plan, twoSubjects());
  EXPECT_EQ(cut.groups[0].outputCount(), 4U);
  EXPECT_THAT(cut.groups[0].outputsOf(1), ElementsAre(2, 3));
  EXPECT_EQ(cut.groups[0].settings.patience, 2);
  ASSERT_EQ(cut.skipped.size(), 1U);
  EXPECT_EQ(cut.skipped[0].reason, "no subject has a vertex of aTL in lh");
  const auto cohorts = cohortsOf(cut.groups);
  ASSERT_EQ(cohorts.size(), 1U);
  EXPECT_EQ(cohorts[0].id, "cross");
  EXPECT_THAT(cohorts[0].subjects, ElementsAre("subj01", "subj02"));
}

TEST(CrossSubject, RefusesWhatItCannotMean) {
  Plan plan = planWith("vertex", "shared-head");
  setInPlan(plan, "vertices", "lh:c3");
  EXPECT_THAT(testing::errorOf([&] { (void)cutTargetGroups(plan, twoSubjects()); }).why, HasSubstr("each subject"));
  plan = planWith("roi", "shared-head");
  setInPlan(plan, "solver", "ridge");
  EXPECT_THAT(testing::errorOf([&] { (void)cutTargetGroups(plan, twoSubjects()); }).remedy, HasSubstr("adamw"));
}

TEST(CutTargetGroups, NamesAreRefusedBeforeAnythingIsTrained) {
  const Study study = twoSubjects();
  EXPECT_THAT(testing::errorOf([&] { (void)cutTargetGroups(planWith("vertex"), study); }).remedy,
              HasSubstr("vertices"));
  EXPECT_THAT(testing::errorOf([&] { (void)cutTargetGroups(planWith("groups"), study); }).remedy, HasSubstr("groups"));
  Plan plan = planWith("groups");
  plan.groups = {{"faces", {"lh/OFX"}}};
  EXPECT_EQ(testing::errorOf([&] { (void)cutTargetGroups(plan, study); }).where, "OFX");
  plan = planWith("vertex");
  setInPlan(plan, "vertices", "subj07/lh:3");
  (void)testing::errorOf([&] { (void)cutTargetGroups(plan, study); });
  setInPlan(plan, "vertices", "lh:9");
  EXPECT_THAT(testing::errorOf([&] { (void)cutTargetGroups(plan, study); }).why, HasSubstr("outside"));
}

TEST(Plan, KeepsVerticesGroupsAndCrossSubject) {
  Plan plan = planWith("groups", "subject-heads");
  setInPlan(plan, "vertices", "subj01/lh:3,rh:c4");
  setInPlan(plan, "groups", "b: OFA; a: lh/PPA");
  const Json json = toJson(plan);
  const Plan again = planFromJson(json, "test");
  EXPECT_EQ(again.vertices, plan.vertices);
  EXPECT_EQ(again.groups, plan.groups);
  EXPECT_EQ(again.groups[0].name, "b") << "models come in the order in which groups are written";
  EXPECT_EQ(toJson(again), json);
  EXPECT_EQ(toString(again.groups), "b: OFA; a: lh/PPA");
  setInPlan(plan, "groups", "");
  EXPECT_THAT(plan.groups, IsEmpty());
}

TEST(TargetNames, NonsenseIsRefusedWithTheForm) {
  for (const char* text : {"73122", "lh", "lh:", "lh:-1", "lh:1x", "xh:1", "/lh:1", "lh:c", "lh:99999999999"})
    (void)testing::errorOf([&] { (void)parseVertexName(text, "test"); });
  for (const char* text : {"OFA", ": OFA", "a:", "a: ,", "a: OFA; a: PPA", "a b: OFA", "-a: OFA", "a: lh/"})
    (void)testing::errorOf([&] { (void)parseRoiGroups(text, "test"); });
  Plan plan;
  for (const auto& [key, value] :
       {std::pair("vertices", "x"), std::pair("groups", "x"), std::pair("crossSubject", "x")})
    (void)testing::errorOf([&, k = key, v = value] { setInPlan(plan, k, v); });
}

}  // namespace
}  // namespace corticast
