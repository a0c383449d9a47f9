#include "core/runs/picture_predictor.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/formats/hdf5_file.h"
#include "core/runs/run_pictures.h"
#include "core/runs/study_job.h"
#include "core/runs/worker.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;
using testing::TempDir;

/// A run on a small study, trained once for all tests of this file.
class TrainedRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_dir = std::make_unique<TempDir>();
    testing::makeSmallStudy(*s_dir / "study", {.images = 60, .testImages = 6, .pictureSize = 32});
    const Workspace workspace = Workspace::openOrCreate(*s_dir / "ws");
    ProgressReporter progress;
    (void)embedStudy(openStudy(*s_dir / "study"),
                     {.parameters = {{"size", 24}, {"cycles", {2, 4}}, {"cells", {2, 2}}, {"orientations", 3}},
                      .workspace = workspace.root()},
                     progress);
    Plan plan;
    plan.name = "small";
    plan.dataset = *s_dir / "study";
    plan.device = "cpu";
    plan.threads = 1;
    plan.defaults["backbone"] = "gabor";
    plan.defaults["solver"] = "ridge";
    plan.defaults["ridgeAlpha"] = 10;
    const RunFolder run = workspace.createRun(toJson(plan));
    ASSERT_EQ(work(run, studyJobs(workspace.root()), {}), WorkEnd::Done);
    s_run = std::make_unique<RunFolder>(run);
  }
  static void TearDownTestSuite() {
    s_run.reset();
    s_dir.reset();
  }
  static std::unique_ptr<TempDir> s_dir;
  static std::unique_ptr<RunFolder> s_run;
};
std::unique_ptr<TempDir> TrainedRun::s_dir;
std::unique_ptr<RunFolder> TrainedRun::s_run;

bool sameOrBothAbsent(float a, float b, float tolerance) {
  return std::isnan(a) ? std::isnan(b) : std::abs(a - b) <= tolerance;
}

}  // namespace

// A test picture, embedded anew from its file, gets the prediction that the run itself left for it.
TEST_F(TrainedRun, PredictsForAPictureFileWhatTheRunPredicted) {
  const Study study = openStudy(*s_dir / "study");
  PicturePredictor predictor(*s_run, "subj01");
  for (const Stimulus& picture : study.subjects[0].testImages) {
    const auto predicted = predictor.predict(readImage(picture.path));
    for (const Hemisphere h : kHemispheres) {
      const std::vector<float> kept = RunPictures(*s_run, "subj01", h).responses(picture.file);
      const auto& own = predicted[h == Hemisphere::Left ? 0 : 1];
      ASSERT_EQ(own.size(), kept.size());
      // Products of float32 in another order; responses are of size 1.
      for (size_t c = 0; c < own.size(); ++c) ASSERT_TRUE(sameOrBothAbsent(own[c], kept[c], 1e-4F)) << own[c] - kept[c];
      EXPECT_GT(std::ranges::count_if(own, [](float value) { return std::isfinite(value); }), 0);
    }
  }
}

TEST_F(TrainedRun, SaysWhatItHasNoModelsOf) {
  EXPECT_THAT(errorOf([] { (void)PicturePredictor(*s_run, "subj02"); }).why, HasSubstr("subj02"));
  const RunFolder untrained = workspaceOf(*s_run).createRun(s_run->readPlan());
  EXPECT_THAT(errorOf([&] { (void)PicturePredictor(untrained, "subj01"); }).why, HasSubstr("not been started"));
  EXPECT_THAT(errorOf([&] { (void)RunPictures(untrained, "subj01", Hemisphere::Left); }).why, HasSubstr("queued"));
}

TEST_F(TrainedRun, KnowsTheMeanPredictionOfARegion) {
  const RunPictures pictures(*s_run, "subj01", Hemisphere::Left);
  const Study study = openStudy(*s_dir / "study");
  const Roi& roi = *study.subjects[0].hemispheres[0].roi("OFA");
  const std::vector<float> means = pictures.means(roi.columns);
  ASSERT_EQ(means.size(), pictures.pictures().size());
  EXPECT_EQ(pictures.pictures().size(), 6U + 6U);  // a tenth of the training pictures validates
  for (const size_t row : {size_t{0}, means.size() - 1}) {
    const std::vector<float> all = pictures.responses(pictures.pictures()[row]);
    double sum = 0;
    for (const uint32_t column : roi.columns) sum += static_cast<double>(all[column]);
    EXPECT_NEAR(means[row], sum / static_cast<double>(roi.columns.size()), 1e-5);
  }
  EXPECT_TRUE(pictures.responses("train-9999_nsd-00001.png").empty());
}

}  // namespace corticast
