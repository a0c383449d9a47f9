#include "core/export/submission.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/data/study.h"
#include "core/evaluation/correlation.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/formats/zip.h"
#include "core/runs/workspace.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
using Verdict = SubmissionCheck::Verdict;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr size_t kTestImages = 4;

/// A finished run with one model of subj01 lh, written by hand: prediction = `value` + row + column / 100.
RunFolder finishedRun(const Workspace& workspace, const std::string& group, const std::vector<uint32_t>& columns,
                      const std::vector<float>& correlation, float value, RunStatus status = RunStatus::Done,
                      const Matrix<float>& validation = {}, const std::vector<std::string>& images = {}) {
  const RunFolder run = workspace.createRun({{"version", 1}, {"name", group}, {"dataset", "study"}}, status);
  RunLayout layout;
  RunGroup model{.id = group, .label = group, .roi = "", .roiClass = "", .maxEpochs = 1, .parts = {}};
  model.parts.push_back({"subj01", Hemisphere::Left, columns.size(), 0});
  layout.cohorts.push_back({"subj01", {model}});
  // Of a study with more vertices than the small one has: runs of other studies must be told apart.
  layout.hemispheres.push_back({"subj01", Hemisphere::Left, 60});
  layout.columns.push_back(columns);
  run.writeLayout(layout);
  Matrix<float> prediction(kTestImages, columns.size());
  for (size_t row = 0; row < kTestImages; ++row)
    for (size_t i = 0; i < columns.size(); ++i)
      prediction(row, i) = value + static_cast<float>(row) + static_cast<float>(columns[i]) / 100;
  auto scores = Hdf5File::create(run.scoresFile());
  scores.write<float>("/correlation/" + group, correlation, {correlation.size()});
  scores.close();
  auto predictions = Hdf5File::create(run.predictionsFile());
  predictions.write("/test/" + group, prediction.view());
  if (!validation.empty()) {
    predictions.write("/validation/" + group, validation.view());
    predictions.writeTexts("/images/subj01/validation", images);
  }
  predictions.close();
  return run;
}

class Submission : public ::testing::Test {
 protected:
  TempDir folder;
  Study study = [this] {
    makeSmallStudy(folder / "study", {.testImages = kTestImages});
    return openStudy(folder / "study");
  }();
  Workspace workspace = Workspace::openOrCreate(folder / "workspace");
  ProgressReporter quiet;

  std::vector<std::string> bad(const std::filesystem::path& zip) const {
    std::vector<std::string> found;
    for (const SubmissionCheck& check : checkSubmission(zip, study))
      if (check.verdict == Verdict::Bad) found.push_back(check.what + " " + check.detail);
    return found;
  }
};

}  // namespace

TEST_F(Submission, takesTheBestModelPerVertex) {
  const RunFolder first = finishedRun(workspace, "a", {0, 1, 2}, {0.5F, 0.2F, kNaN}, 100);
  const RunFolder second = finishedRun(workspace, "b", {1, 2, 3}, {0.3F, -0.4F, 0.1F}, 200);
  const SubmissionPlan plan = planSubmission(study, {first, second});
  ASSERT_EQ(plan.parts.size(), 2U);
  const SubmissionPart& left = plan.parts[0];
  EXPECT_EQ(std::vector(left.choice.begin(), left.choice.begin() + 5), (std::vector<int32_t>{0, 1, 1, 1, -1}));
  EXPECT_EQ(left.covered(), 4U);
  EXPECT_EQ(left.columnsOfRun.at(second.id()), 3U);
  EXPECT_NEAR(*left.meanCorrelation, (0.5 + 0.3 - 0.4 + 0.1) / 4, 1e-6);
  EXPECT_EQ(plan.parts[1].covered(), 0U);
  EXPECT_FALSE(plan.parts[1].meanCorrelation.has_value());
}

TEST_F(Submission, writesWhatTheOrganisersRead) {
  const SubmissionPlan plan = planSubmission(study, {finishedRun(workspace, "a", {0, 39}, {0.5F, 0.2F}, 100)});
  writeSubmission(folder / "s.zip", plan, study, quiet);
  const ZipReader zip(folder / "s.zip");
  ASSERT_EQ(zip.entries().size(), 2U);
  EXPECT_EQ(zip.entries()[0].name, "subj01/lh_pred_test.npy");
  zip.extract("subj01/lh_pred_test.npy", folder / "lh.npy");
  const MappedNpy file(folder / "lh.npy");
  const auto prediction = file.matrix<float>();
  ASSERT_EQ(prediction.rows(), kTestImages);
  ASSERT_EQ(prediction.cols(), 40U);
  EXPECT_FLOAT_EQ(prediction(2, 39), 102.39F);
  EXPECT_EQ(prediction(2, 5), 0);
  EXPECT_TRUE(bad(folder / "s.zip").empty());
}

TEST_F(Submission, averagesByPositiveValidationR) {
  const RunFolder first = finishedRun(workspace, "a", {0, 1, 2, 3}, {0.3F, -0.2F, -0.5F, kNaN}, 100);
  const RunFolder second = finishedRun(workspace, "b", {0, 1, 2}, {0.1F, 0.2F, -0.1F}, 200);
  const SubmissionPlan plan = planSubmission(study, {first, second}, {.rule = SubmissionRule::Average});
  const SubmissionPart& left = plan.parts[0];
  EXPECT_EQ(std::vector(left.choice.begin(), left.choice.begin() + 5), (std::vector<int32_t>{0, 1, 1, 0, -1}));
  ASSERT_EQ(left.shares.size(), 2U);
  const std::vector<float> weights = {0.75F, 0, 0, 1, 0.25F, 1, 1};
  for (size_t i = 0; i < 7; ++i)
    EXPECT_FLOAT_EQ(i < 4 ? left.shares[0].weight[i] : left.shares[1].weight[i - 4], weights[i]) << i;
  writeSubmission(folder / "s.zip", plan, study, quiet);
  ZipReader(folder / "s.zip").extract("subj01/lh_pred_test.npy", folder / "lh.npy");
  const MappedNpy file(folder / "lh.npy");
  EXPECT_FLOAT_EQ(file.matrix<float>()(1, 0), 0.75F * 101 + 0.25F * 201);
  EXPECT_FLOAT_EQ(file.matrix<float>()(3, 2), 203.02F) << "where none is positive, the best";
}

TEST_F(Submission, givesVerticesToARunAsAskedWhereItPredictsThem) {
  const uint32_t ofa = study.subjects[0].hemisphere(Hemisphere::Left)->roi("OFA")->columns.front();
  const uint32_t ppa = study.subjects[0].hemisphere(Hemisphere::Left)->roi("PPA")->columns.front();
  const RunFolder good = finishedRun(workspace, "a", {std::min(ofa, ppa), std::max(ofa, ppa)}, {0.5F, 0.5F}, 100);
  const RunFolder bad = finishedRun(workspace, "b", {ofa}, {0.1F}, 200);
  const auto sourceOf = [&](const std::string& scope, uint32_t column) {
    const SubmissionPlan plan =
        planSubmission(study, {good, bad}, {.assignments = {submissionAssignment(bad.id(), scope)}});
    const int32_t source = plan.parts[0].choice[column];
    return source < 0 ? "" : plan.sources[static_cast<size_t>(source)].group;
  };
  EXPECT_EQ(sourceOf("OFA", ofa), "b");
  EXPECT_EQ(sourceOf("subj01/lh/OFA", ofa), "b");
  EXPECT_EQ(sourceOf("lh", ppa), "a") << "the run predicts nothing there, so the rule decides";
  EXPECT_EQ(sourceOf("rh/OFA", ofa), "a");
  EXPECT_EQ(errorOf([&] { (void)sourceOf("OFX", ofa); }).where, "ROI OFX");
  EXPECT_EQ(errorOf([&] { (void)sourceOf("subj07", ofa); }).where.empty(), false);
  (void)errorOf([&] { (void)submissionAssignment("x", "lh/rh"); });
  (void)errorOf([&] { (void)planSubmission(study, {good}, {.assignments = {submissionAssignment(bad.id(), "")}}); });
  (void)errorOf([] { (void)submissionRuleFrom("worst"); });
}

TEST_F(Submission, measuresAnAverageOnThePicturesThatAllValidated) {
  const HemisphereData& left = *study.subjects[0].hemisphere(Hemisphere::Left);
  // All 20 pictures for one, in another order for the other.
  std::vector<std::string> names, reversed;
  Matrix<float> a(20, 2), b(20, 1), measured(20, 2), mixed(20, 2);
  for (uint32_t i = 0; i < 20; ++i) {
    names.push_back(study.subjects[0].trainingImages[i].file);
    reversed.insert(reversed.begin(), names.back());
    for (uint32_t c = 0; c < 2; ++c) measured(i, c) = responseAt(0, Hemisphere::Left, i, c);
    a(i, 0) = responseAt(1, Hemisphere::Left, i, 0) + measured(i, 0);
    a(i, 1) = measured(i, 1) + static_cast<float>(i);
    b(19 - i, 0) = responseAt(2, Hemisphere::Left, i, 0) + measured(i, 0);
    mixed(i, 0) = 0.75F * a(i, 0) + 0.25F * b(19 - i, 0);
    mixed(i, 1) = a(i, 1);
  }
  const RunFolder first = finishedRun(workspace, "a", {0, 1}, {0.3F, 0.4F}, 100, RunStatus::Done, a, names);
  const RunFolder second = finishedRun(workspace, "b", {0}, {0.1F}, 200, RunStatus::Done, b, reversed);
  SubmissionPlan plan = planSubmission(study, {first, second}, {.rule = SubmissionRule::Average});
  measureAverages(plan, study, quiet);
  EXPECT_EQ(plan.parts[0].measuredImages, 20U);
  const std::vector<float> expected = pearson(mixed.view(), measured.view());
  for (size_t c = 0; c < 2; ++c) EXPECT_NEAR(plan.parts[0].correlation[c], expected[c], 1e-6);
  EXPECT_NEAR(*plan.parts[0].meanCorrelation, (expected[0] + expected[1]) / 2, 1e-6);
  EXPECT_TRUE(std::isnan(plan.parts[0].correlation[2])) << "nobody";
  EXPECT_EQ(plan.parts[1].measuredImages, 0U);
  EXPECT_EQ(left.vertices.size(), plan.parts[0].correlation.size());
}

TEST_F(Submission, estimatesTheChallengeScoreWhereACeilingIsKnown) {
  const RunFolder run = finishedRun(workspace, "a", {1, 2}, {0.2F, -0.3F}, 100);
  EXPECT_FALSE(planSubmission(study, {run}).score().has_value());
  makeSmallStudy(folder / "ceiled", {.testImages = kTestImages, .hasNoiseCeiling = true});
  const SubmissionPlan plan = planSubmission(openStudy(folder / "ceiled"), {run});
  // 40 + 44 vertices, ceiling (column % 10) / 10: vertex 1 scores 100 * 0.04 / 0.1, all others 0 or unpredicted.
  EXPECT_NEAR(plan.score().value(), 40.0 / 84, 1e-5);
  EXPECT_NEAR(*plan.parts[0].score->withoutZeroCeiling, 40.0 / 36, 1e-5);
}

TEST_F(Submission, mapsSayWhoPredictsWhere) {
  const RunFolder first = finishedRun(workspace, "a", {0, 1}, {0.5F, 0.2F}, 100);
  const RunFolder second = finishedRun(workspace, "b", {1}, {0.3F}, 200);
  const auto files = writeSubmissionMaps(folder / "maps", planSubmission(study, {first, second}), study);
  EXPECT_EQ(files.size(), 2U * 2 * 2 + 1);
  const auto map = readNpyVector<float>(folder / "maps/subj01-lh-source.npy");
  ASSERT_EQ(map.size(), kFsaverageVertices);
  const auto& vertices = study.subjects[0].hemisphere(Hemisphere::Left)->vertices;
  EXPECT_EQ(map[vertices[0]], 1);
  EXPECT_EQ(map[vertices[1]], 2);
  EXPECT_EQ(map[vertices[2]], 0);
  EXPECT_TRUE(std::isnan(map[0])) << "outside the challenge space";
  EXPECT_EQ(readNpyVector<float>(folder / "maps/subj01-lh-correlation.npy")[vertices[1]], 0.3F);
  EXPECT_THAT(readTextFile(folder / "maps/runs.csv"), ::testing::HasSubstr("2," + second.id() + ",\"b\""));
}

TEST_F(Submission, saysWhatIsWrongWithAZip) {
  Matrix<float> good(kTestImages, 40), narrow(kTestImages, 43);
  for (size_t i = 0; i < good.values().size(); ++i) good.values()[i] = static_cast<float>(i);
  good(1, 1) = kNaN;
  ZipWriter zip(folder / "s.zip");
  zip.addText("subj01/lh_pred_test.npy", npyBytes(good.view()));
  zip.addText("subj01/rh_pred_test.npy", npyBytes(narrow.view()));
  zip.addText("notes.txt", "x");
  zip.finish();
  EXPECT_THAT(bad(folder / "s.zip"),
              ::testing::ElementsAre("subj01/lh_pred_test.npy: values 1 are NaN or infinite",
                                     "subj01/rh_pred_test.npy: shape is (4, 43); the study needs 4 x 44"));
  const auto checks = checkSubmission(folder / "s.zip", study);
  EXPECT_EQ(checks.back().what, "notes.txt");
  EXPECT_EQ(checks.back().verdict, Verdict::Warning);
}

TEST_F(Submission, namesMissingFilesAndBrokenOnes) {
  ZipWriter zip(folder / "s.zip");
  zip.addText("subj01/lh_pred_test.npy", "no array");
  zip.finish();
  const auto found = bad(folder / "s.zip");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[1], ::testing::HasSubstr("rh_pred_test.npy is missing"));
  writeFile(folder / "no.zip", "text");
  EXPECT_EQ(errorOf([&] { (void)checkSubmission(folder / "no.zip", study); }).where, (folder / "no.zip").string());
}

TEST_F(Submission, refusesRunsThatAreNotDoneOrOfAnotherStudy) {
  const RunFolder running = finishedRun(workspace, "a", {0}, {0.5F}, 1, RunStatus::Paused);
  EXPECT_EQ(errorOf([&] { (void)planSubmission(study, {running}); }).why, "the run is paused, not done");
  const RunFolder foreign = finishedRun(workspace, "b", {40}, {0.5F}, 1);
  EXPECT_EQ(errorOf([&] { (void)planSubmission(study, {foreign}); }).why,
            "it predicts column 40, the study has 40 vertices there");
  EXPECT_EQ(errorOf([&] { (void)planSubmission(study, {}); }).why, "no run was chosen");
}
