#include "core/export/run_scores.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/data/study.h"
#include "core/evaluation/correlation.h"
#include "core/export/score_export.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/runs/workspace.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// A finished run with a model of lh OFA (r 0.1, 0.2, ...) and one of the whole hemisphere (r 0.6 everywhere, NaN in
/// column 0, ceiling 0), of a study with noise ceilings and test responses.
class RunScores : public ::testing::Test {
 protected:
  RunScores() {
    testing::makeSmallStudy(folder / "study", {.testImages = 4, .hasTestResponses = true, .hasNoiseCeiling = true});
    study = openStudy(folder / "study");
    left = study.subjects[0].hemisphere(Hemisphere::Left);
    ofa = left->roi("OFA")->columns;
    RunLayout layout;
    layout.hemispheres = {{"subj01", Hemisphere::Left, 40}};
    RunCohort cohort{.id = "subj01", .groups = {}};
    std::vector<uint32_t> columns;
    std::vector<uint32_t> all(40);
    for (uint32_t c = 0; c < 40; ++c) all[c] = c;
    auto scores = Hdf5File::create(run.scoresFile());
    auto predictions = Hdf5File::create(run.predictionsFile());
    for (const auto& [roi, own] : {std::pair(std::string("OFA"), &ofa), std::pair(std::string(), &all)}) {
      RunGroup group{
          .id = roi.empty() ? "whole" : roi, .label = "", .roi = roi, .roiClass = "", .maxEpochs = 1, .parts = {}};
      group.parts = {{"subj01", Hemisphere::Left, own->size(), columns.size()}};
      columns.insert(columns.end(), own->begin(), own->end());
      std::vector<float> r(own->size(), 0.6F), r2(own->size(), 0.25F);
      for (size_t i = 0; i < r.size() && !roi.empty(); ++i) r[i] = 0.1F * static_cast<float>(i + 1);
      if (roi.empty()) r[0] = kNaN;
      scores.write<float>("/correlation/" + group.id, r, {r.size()});
      scores.write<float>("/r2/" + group.id, r2, {r2.size()});
      Matrix<float> test(4, own->size());
      for (size_t i = 0; i < test.rows(); ++i)
        for (size_t c = 0; c < test.cols(); ++c) test(i, c) = std::sin(static_cast<float>(i * 7 + c));
      predictions.write("/test/" + group.id, test.view());
      cohort.groups.push_back(std::move(group));
    }
    scores.close();
    predictions.close();
    layout.cohorts = {cohort};
    layout.columns = {columns};
    run.writeLayout(layout);
  }

  const PlaceScore& place(const std::vector<PlaceScore>& all, const std::string& level, const std::string& name) const {
    for (const PlaceScore& each : all)
      if (each.level == level && each.name == name) return each;
    throw std::runtime_error("no place " + level + " " + name);
  }

  testing::TempDir folder;
  Study study;
  const HemisphereData* left = nullptr;
  std::vector<uint32_t> ofa;
  RunFolder run = Workspace::openOrCreate(folder / "ws").createRun(Json{{"version", 1}}, RunStatus::Done);
};

TEST_F(RunScores, EveryVertexOfEveryModelHasItsNumbers) {
  const auto scores = vertexScores(run, study);
  ASSERT_EQ(scores.size(), ofa.size() + 40);
  EXPECT_EQ(scores[1].group, "OFA");
  EXPECT_EQ(scores[1].column, ofa[1]);
  EXPECT_EQ(scores[1].vertex, left->vertices[ofa[1]]);
  EXPECT_FLOAT_EQ(scores[1].correlation, 0.2F);
  EXPECT_FLOAT_EQ(scores[1].r2, 0.25F);
  EXPECT_FLOAT_EQ(scores[1].ceiling, static_cast<float>(ofa[1] % 10) / 10);
  const VertexScore& third = scores[ofa.size() + 3];
  EXPECT_FLOAT_EQ(third.challenge, 100) << "0.36 of a ceiling of 0.3";
  EXPECT_FLOAT_EQ(scores[ofa.size() + 9].challenge, 40) << "0.36 of a ceiling of 0.9";
}

TEST_F(RunScores, PlacesUseTheRoisOwnModelAndTheBestElsewhere) {
  const auto places = placeScores(vertexScores(run, study), study);
  const PlaceScore& own = place(places, "roi", "OFA");
  EXPECT_EQ(own.vertices, ofa.size());
  EXPECT_EQ(own.predicted, ofa.size());
  EXPECT_NEAR(*own.corrMean, 0.1 * (static_cast<double>(ofa.size()) + 1) / 2, 1e-6) << "not the whole's 0.6";
  EXPECT_NEAR(*place(places, "roi", "FFA-1").corrMean, 0.6, 1e-6);
  EXPECT_EQ(place(places, "stream", "ventral").roiClass, "streams");
  const PlaceScore& hemisphere = place(places, "hemisphere", "");
  EXPECT_EQ(hemisphere.vertices, 40U);
  EXPECT_EQ(hemisphere.predicted, 40U);
  EXPECT_EQ(hemisphere.constant, 1U) << "column 0";
  EXPECT_NEAR(*hemisphere.corrMedian, 0.6, 1e-6);
  // Ceiling c / 10: 0.36 of 0.1, 0.2 and 0.3 is cut to 100; column 0 scores 0, columns 10, 20, 30 have ceiling 0.
  double nonzero = 0;
  for (int c = 1; c < 10; ++c) nonzero += std::min(100.0, 36.0 / (c / 10.0));
  EXPECT_NEAR(*hemisphere.challengeNonzero, nonzero / 9, 1e-4);
  EXPECT_NEAR(*hemisphere.challengeScript, (4 * nonzero + 300) / 40, 1e-4);
  EXPECT_EQ(places.back().level, "all");
  EXPECT_EQ(places[places.size() - 2].level, "subject");
}

TEST_F(RunScores, AbsentRoisAreThereWithoutNumbers) {
  const auto places = placeScores(vertexScores(run, study), study);
  const PlaceScore& absent = place(places, "roi", "aTL-faces");
  EXPECT_EQ(absent.vertices, 0U);
  EXPECT_FALSE(absent.corrMean.has_value());
  EXPECT_FALSE(absent.challengeScript.has_value());
  writeScores(run, study, {.level = ScoreLevel::Place}, folder / "s.csv");
  const std::string csv = readTextFile(folder / "s.csv");
  EXPECT_THAT(csv, ::testing::HasSubstr("roi,subj01,lh,floc-faces,aTL-faces,0,0,0,,,,,,,,absent\n"));
  EXPECT_THAT(csv, ::testing::HasSubstr(",constant predictions\n"));
  for (const PlaceScore& each : places) EXPECT_NE(each.hemisphere, "rh") << "the run does not touch it";
}

TEST_F(RunScores, TestPicturesAreScoredWhereTheirResponsesAreKnown) {
  const auto scores = vertexScores(run, study, ScoreSplit::Test);
  Matrix<float> predicted(4, 40), measured(4, 40);
  for (size_t i = 0; i < 4; ++i)
    for (size_t c = 0; c < 40; ++c) {
      predicted(i, c) = std::sin(static_cast<float>(i * 7 + c));
      measured(i, c) = testing::responseAt(0, Hemisphere::Left, 20 + i, c);
    }
  const auto expected = pearson(predicted.view(), measured.view());
  for (size_t c = 0; c < 40; ++c) EXPECT_NEAR(scores[ofa.size() + c].correlation, expected[c], 1e-6);
  study.subjects[0].hemispheres[0].test.reset();
  EXPECT_THAT(errorOf([&] { (void)vertexScores(run, study, ScoreSplit::Test); }).why,
              ::testing::HasSubstr("no test responses"));
}

TEST_F(RunScores, FilesNameWhatIsMissing) {
  writeScores(run, study, {.format = ScoreFormat::JsonRows}, folder / "s.json");
  const Json rows = readJsonFile(folder / "s.json");
  ASSERT_EQ(rows.size(), ofa.size() + 40);
  EXPECT_TRUE(rows[ofa.size()].at("correlation").is_null());
  EXPECT_EQ(rows[ofa.size()].at("flag"), "constant");
  writeScores(run, study, {.format = ScoreFormat::Npy}, folder / "maps");
  const auto map = readNpyVector<float>(folder / "maps/subj01-lh-correlation.npy");
  EXPECT_FLOAT_EQ(map[left->vertices[ofa[0]]], 0.6F);
  (void)errorOf([] { (void)scoreFormatFrom("xls"); });
  (void)errorOf([] { (void)scoreLevelFrom("lobe"); });
  (void)errorOf([] { (void)scoreSplitFrom("train"); });
}

}  // namespace
}  // namespace corticast
