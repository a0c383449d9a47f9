#include "core/export/submission.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/data/study.h"
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
                      const std::vector<float>& correlation, float value, RunStatus status = RunStatus::Done) {
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
  writeSubmission(folder / "s.zip", plan, quiet);
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
