#include "core/runs/picture_predictor.h"

#include <algorithm>
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

/// A small study of two subjects with an embedding, and a run on it, trained once for all tests of this file.
class TrainedRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_dir = std::make_unique<TempDir>();
    testing::makeSmallStudy(*s_dir / "study",
                            {.subjects = 2, .images = 60, .testImages = 6, .sharedImages = 12, .pictureSize = 32});
    s_study = std::make_unique<Study>(openStudy(*s_dir / "study"));
    const Workspace workspace = Workspace::openOrCreate(*s_dir / "ws");
    ProgressReporter progress;
    (void)embedStudy(*s_study,
                     {.parameters = {{"size", 24}, {"cycles", {2, 4}}, {"cells", {2, 2}}, {"orientations", 3}},
                      .workspace = workspace.root()},
                     progress);
    s_run = std::make_unique<RunFolder>(train({"solver=ridge", "ridgeAlpha=10"}));
  }
  static void TearDownTestSuite() {
    s_run.reset();
    s_study.reset();
    s_dir.reset();
  }

  /// Of subj01, unless subjects share models; all ROIs where none is given.
  static RunFolder train(const std::vector<std::string>& settings, const std::vector<std::string>& rois = {}) {
    Plan plan;
    plan.name = "small";
    plan.dataset = *s_dir / "study";
    plan.subjects = {"subj01"};
    plan.rois = rois;
    plan.device = "cpu";
    plan.threads = 1;
    plan.defaults["backbone"] = "gabor";
    setInPlan(plan, settings);
    if (plan.crossSubject != "no") plan.subjects.clear();
    const RunFolder run = Workspace::open(*s_dir / "ws").createRun(toJson(plan));
    EXPECT_EQ(work(run, studyJobs(*s_dir / "ws"), {}), WorkEnd::Done) << run.readState().reason;
    return run;
  }
  static PicturePredictor predictorOf(const RunFolder& run, const std::string& subject = "subj01") {
    ProgressReporter silent;
    return PicturePredictor(run, *s_study, subject, silent);
  }

  static std::unique_ptr<TempDir> s_dir;
  static std::unique_ptr<Study> s_study;
  static std::unique_ptr<RunFolder> s_run;
};
std::unique_ptr<TempDir> TrainedRun::s_dir;
std::unique_ptr<Study> TrainedRun::s_study;
std::unique_ptr<RunFolder> TrainedRun::s_run;

/// A kind of run, by what it sets in the plan.
struct Kind {
  const char* name;
  std::vector<std::string> settings;
  std::vector<std::string> rois = {};
  const char* subject = "subj01";
  float tolerance = 1e-6F;  ///< products of float32 in another order; responses are of size 1
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

class EveryKindOfRun : public TrainedRun, public ::testing::WithParamInterface<Kind> {};

/// The greatest difference where both are there; infinite where only one is.
float greatestDifference(std::span<const float> a, std::span<const float> b) {
  float greatest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    const float difference = std::abs(a[i] - b[i]);
    greatest = std::isnan(difference) ? std::numeric_limits<float>::infinity() : std::max(greatest, difference);
  }
  return greatest;
}

}  // namespace

// A picture, embedded anew from its file, gets the prediction that the run itself left for it.
TEST_P(EveryKindOfRun, PredictsForAPictureFileWhatTheRunPredicted) {
  const RunFolder run = train(GetParam().settings, GetParam().rois);
  PicturePredictor predictor = predictorOf(run, GetParam().subject);
  const Subject& subject = s_study->subject(GetParam().subject);
  const RunPictures left(run, subject.id, Hemisphere::Left), right(run, subject.id, Hemisphere::Right);
  ProgressReporter silent;
  std::vector<const Stimulus*> pictures = {&subject.testImages.front(), &subject.testImages.back()};
  // For a validation picture a run over folds keeps what one fold predicts, of which a new picture knows nothing.
  if (!run.readLayout()->hasFolds())
    pictures.push_back(&*std::ranges::find(subject.trainingImages, left.pictures().front(), &Stimulus::file));
  for (const Stimulus* picture : pictures) {
    const auto predicted = predictor.predict(readImage(picture->path), silent);
    for (const RunPictures* kept : {&left, &right}) {
      const auto& own = predicted[kept == &left ? 0 : 1];
      ASSERT_EQ(own.size(), kept->columnCount());
      EXPECT_LE(greatestDifference(own, kept->responses(picture->file)), GetParam().tolerance) << picture->file;
      EXPECT_GT(std::ranges::count_if(own, [](float value) { return std::isfinite(value); }), 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    PicturePredictor, EveryKindOfRun,
    ::testing::Values(
        Kind{"ridge", {"solver=ridge", "ridgeAlpha=10"}}, Kind{"linear", {"maxEpochs=3", "pca=8"}},
        Kind{"deep", {"architecture=deep", "deepWidth=16", "maxEpochs=3"}, {"OFA", "FFA-1"}},
        Kind{"positional", {"architecture=positional", "positionalChannels=16,8", "maxEpochs=2"}, {"OFA"}},
        Kind{"positions",
             {"architecture=positional", "positionalOutput=positions", "positionalChannels=16,8", "maxEpochs=2"},
             {"OFA"},
             "subj01",
             1e-5F},  // mm, up to 64: the last digit is 4e-6
        Kind{"attention", {"architecture=vertex-attention", "attentionLayers=1", "maxEpochs=1"}, {"OFA"}},
        Kind{
            "folds", {"architecture=deep", "deepWidth=8", "maxEpochs=2", "split.kind=kfold", "split.folds=3"}, {"OFA"}},
        Kind{"sharedHead",
             {"architecture=deep", "deepWidth=8", "maxEpochs=2", "crossSubject=shared-head"},
             {"OFA"},
             "subj02"},
        Kind{"subjectHeads",
             {"architecture=deep", "deepWidth=8", "maxEpochs=2", "crossSubject=subject-heads"},
             {"OFA"},
             "subj02"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(TrainedRun, SaysWhatItHasNoModelsOf) {
  EXPECT_THAT(errorOf([] { (void)predictorOf(*s_run, "subj02"); }).why, HasSubstr("subj02"));
  const RunFolder untrained = workspaceOf(*s_run).createRun(s_run->readPlan());
  EXPECT_THAT(errorOf([&] { (void)predictorOf(untrained); }).why, HasSubstr("not been started"));
  EXPECT_THAT(errorOf([&] { (void)RunPictures(untrained, "subj01", Hemisphere::Left); }).why, HasSubstr("queued"));
}

TEST_F(TrainedRun, RefusesAnotherStudyThanItsOwn) {
  testing::makeSmallStudy(*s_dir / "other", {.images = 20, .leftVertices = 30, .pictureSize = 8});
  const Study other = openStudy(*s_dir / "other");
  ProgressReporter silent;
  const ErrorParts parts = errorOf([&] { (void)PicturePredictor(*s_run, other, "subj01", silent); });
  EXPECT_THAT(parts.why, HasSubstr("open study"));
  EXPECT_THAT(parts.remedy, HasSubstr((*s_dir / "study").string()));
}

TEST_F(TrainedRun, StopsWhenAsked) {
  std::stop_source stop;
  ProgressReporter progress({}, stop.get_token());
  PicturePredictor predictor(*s_run, *s_study, "subj01", progress);
  stop.request_stop();
  EXPECT_THROW((void)predictor.predict(readImage(s_study->subjects[0].testImages[0].path), progress), Cancelled);
  EXPECT_THROW((void)PicturePredictor(*s_run, *s_study, "subj01", progress), Cancelled);
}

TEST_F(TrainedRun, KnowsTheMeanPredictionOfARegion) {
  const RunPictures pictures(*s_run, "subj01", Hemisphere::Left);
  const Roi& roi = *s_study->subjects[0].hemispheres[0].roi("OFA");
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
