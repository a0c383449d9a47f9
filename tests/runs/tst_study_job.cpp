#include "core/runs/study_job.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/log.h"
#include "core/data/study.h"
#include "core/evaluation/correlation.h"
#include "core/features/embed.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/formats/safetensors.h"
#include "core/runs/run_maps.h"
#include "core/runs/run_results.h"
#include "core/runs/worker.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using ::testing::ElementsAre;
namespace fs = std::filesystem;

/// A study with precomputed embeddings, and plans of it.
class StudyJobTest : public ::testing::Test {
 protected:
  StudyJobTest() { log::setConsoleLevel(log::Level::Off); }

  /// `featuresOf` makes the features [images x ...] of a subject (0-based), training or test.
  void make(const testing::SmallStudyOptions& options,
            const std::function<Matrix<float>(size_t subject, bool isTest)>& featuresOf) {
    testing::makeSmallStudy(dir / "study", options);
    study = openStudy(dir / "study");
    for (size_t s = 0; s < study.subjects.size(); ++s)
      for (const bool isTest : {false, true})
        writeNpy(dir / (study.subjects[s].id + (isTest ? "-test.npy" : "-train.npy")), featuresOf(s, isTest).view());
    (void)Workspace::openOrCreate(dir / "ws");
    ProgressReporter progress;
    (void)embedStudy(study,
                     {.backbone = "precomputed",
                      .weights = dir / "{subject}-train.npy",
                      .testWeights = dir / "{subject}-test.npy",
                      .workspace = dir / "ws"},
                     progress);
    plan.dataset = dir / "study";
    setInPlan(plan, "backbone", "precomputed");
    setInPlan(plan, "standardise", "false");
  }

  RunFolder newRun() const { return Workspace::openOrCreate(dir / "ws").createRun(toJson(plan)); }
  WorkEnd train(const RunFolder& run, const WorkerOptions& options = {}) const {
    return work(run, studyJobs(dir / "ws"), options);
  }

  testing::TempDir dir;
  Study study;
  Plan plan;
};

class Folds : public StudyJobTest {
 protected:
  Folds() {
    const Matrix<float> y = reference("responses");
    make({.images = 30,
          .testImages = 4,
          .leftVertices = 10,
          .response = [y](size_t, Hemisphere, size_t row,
                          size_t column) { return row < y.rows() && column < y.cols() ? y(row, column) : 0; }},
         [](size_t, bool isTest) { return reference(isTest ? "testFeatures" : "features"); });
    plan.hemispheres = {Hemisphere::Left};
    plan.focus = "hemisphere";
    plan.split = {.kind = "kfold", .seed = 3, .folds = 4};
    setInPlan(plan, "solver", "ols");
  }

  /// Of tests/oracles/folds.py.
  static Matrix<float> reference(const std::string& name) {
    static const SafetensorsFile file(testing::testFile("runs/data/folds.safetensors"));
    const NamedTensor tensor = file.read(name);
    const size_t rows = tensor.shape.size() == 2 ? static_cast<size_t>(tensor.shape[0]) : 1;
    Matrix<float> values(rows, static_cast<size_t>(tensor.shape.back()));
    for (size_t i = 0; i < values.values().size(); ++i)
      values.values()[i] =
          tensor.type == TensorType::Float64 ? static_cast<float>(tensor.doubles()[i]) : tensor.floats()[i];
    return values;
  }

  static void expectNear(std::span<const float> values, const Matrix<float>& expected) {
    ASSERT_EQ(values.size(), expected.values().size());
    // Double solutions stored as float; values are of order 10.
    for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected.values()[i], 3e-6) << i;
  }
};

TEST_F(Folds, OutOfFoldPredictionsAreThoseOfScikitLearn) {
  const RunFolder run = newRun();
  ASSERT_EQ(train(run), WorkEnd::Done) << run.readState().reason;
  const std::string target = "subj01-lh-hemisphere";
  const Hdf5File predictions = Hdf5File::open(run.predictionsFile());
  expectNear(predictions.readMatrix("/validation/" + target).values(), reference("predicted"));
  expectNear(predictions.readMatrix("/test/" + target).values(), reference("test"));
  const std::vector<std::string> images = predictions.readTexts(imagesName("subj01", "validation"));
  ASSERT_EQ(images.size(), 30U);
  for (size_t i = 0; i < images.size(); ++i) EXPECT_EQ(images[i], study.subjects[0].trainingImages[i].file);
  const Hdf5File scores = Hdf5File::open(run.scoresFile());
  expectNear(scores.read<float>("/correlation/" + target), reference("r"));
  expectNear(scores.read<float>("/r2/" + target), reference("r2"));
  expectNear(scores.readMatrix("/folds/" + target).values(), reference("rOfFold"));
}

TEST_F(Folds, LayoutHasAModelPerFoldAndOneTarget) {
  const RunFolder run = newRun();
  ASSERT_EQ(train(run), WorkEnd::Done);
  const RunLayout layout = run.readLayout().value();
  ASSERT_EQ(layout.cohorts.size(), 4U);
  EXPECT_EQ(layout.cohorts[2].id, "subj01-fold3");
  EXPECT_EQ(layout.cohorts[2].groups[0].id, "subj01-lh-hemisphere-fold3");
  EXPECT_EQ(layout.cohorts[2].groups[0].label, "whole hemisphere, lh, subj01, fold 3");
  EXPECT_EQ(layout.targets().size(), 1U);
  const SafetensorsFile models(run.modelFile("subj01-fold2"));
  EXPECT_TRUE(models.has("subj01-lh-hemisphere-fold2/weight"));
  const RunMaps maps(run, layout);
  const auto snapshot = RunReader(run).read();
  expectNear(maps.bestCorrelation("subj01", Hemisphere::Left, *snapshot), reference("r"));
  expectNear(maps.bestCorrelation("subj01", Hemisphere::Left, *snapshot, "subj01-lh-hemisphere"), reference("r"));
  const Matrix<float> ofFold = reference("rOfFold");
  expectNear(maps.bestCorrelation("subj01", Hemisphere::Left, *snapshot, "subj01-lh-hemisphere-fold2"),
             Matrix<float>(1, 10, {ofFold.row(1).begin(), ofFold.row(1).end()}));
  const std::vector<float> mean = maps.correlation("subj01", Hemisphere::Left, 1);
  for (size_t c = 0; c < 10; ++c)
    EXPECT_NEAR(mean[c], (ofFold(0, c) + ofFold(1, c) + ofFold(2, c) + ofFold(3, c)) / 4, 3e-6)
        << "while it trains, the folds' mean";
}

TEST_F(Folds, PausedBetweenAndWithinFoldsEndsTheSame) {
  setInPlan(plan, "solver", "adamw");
  setInPlan(plan, "maxEpochs", "3");
  const RunFolder whole = newRun(), interrupted = newRun();
  ASSERT_EQ(train(whole), WorkEnd::Done);
  int attempts = 0;
  for (WorkEnd end = WorkEnd::Checkpointed; end != WorkEnd::Done && attempts < 20; ++attempts) {
    std::atomic<int> epochs = 0;
    end = train(interrupted, {.signal = [&] { return epochs >= 2 ? SIGTERM : 0; },
                              .progress =
                                  [&](const Progress& progress) {
                                    if (progress.stage != "train" || ++epochs != 2) return;
                                    // Time for the watching thread to see it.
                                    std::this_thread::sleep_for(std::chrono::milliseconds(150));
                                  }});
    ASSERT_TRUE(end == WorkEnd::Done || end == WorkEnd::Checkpointed) << interrupted.readState().reason;
  }
  EXPECT_GT(attempts, 2);
  const std::string name = "/validation/subj01-lh-hemisphere";
  const Hdf5File a = Hdf5File::open(whole.predictionsFile()), b = Hdf5File::open(interrupted.predictionsFile());
  EXPECT_EQ(a.read<float>(name), b.read<float>(name));
  EXPECT_EQ(Hdf5File::open(whole.scoresFile()).read<float>("/r2/subj01-lh-hemisphere"),
            Hdf5File::open(interrupted.scoresFile()).read<float>("/r2/subj01-lh-hemisphere"));
}

class CrossSubjectRun : public StudyJobTest {
 protected:
  CrossSubjectRun() {
    make({.subjects = 2, .images = 24, .testImages = 3, .sharedImages = 8, .leftVertices = 20, .rightVertices = 22},
         [](size_t subject, bool isTest) {
           Matrix<float> values(isTest ? 3 : 24, 4);
           for (size_t i = 0; i < values.rows(); ++i)
             for (size_t f = 0; f < 4; ++f)
               values(i, f) = testing::responseAt(7 + subject, Hemisphere::Right, i + (isTest ? 100 : 0), f);
           return values;
         });
    plan.split = {.kind = "random", .seed = 2, .trainFraction = 0.6};
    setInPlan(plan, "crossSubject", "shared-head");
    setInPlan(plan, "maxEpochs", "4");
    setInPlan(plan, "batchSize", "16");
    setInPlan(plan, "learningRate", "0.05");
  }

  /// Measured OFA of both hemispheres for pictures of a subject.
  Matrix<float> responsesOf(const std::string& id, const std::vector<std::string>& images) const {
    const Subject& subject = study.subject(id);
    std::vector<uint32_t> rows;
    for (const std::string& image : images)
      rows.push_back(static_cast<uint32_t>(std::ranges::find(subject.trainingImages, image, &Stimulus::file) -
                                           subject.trainingImages.begin()));
    const Roi& left = *subject.hemisphere(Hemisphere::Left)->roi("OFA");
    const Roi& right = *subject.hemisphere(Hemisphere::Right)->roi("OFA");
    Matrix<float> values(rows.size(), left.columns.size() + right.columns.size());
    subject.hemisphere(Hemisphere::Left)
        ->training->gather(rows, left.columns, values.view().block(0, 0, rows.size(), left.columns.size()));
    subject.hemisphere(Hemisphere::Right)
        ->training->gather(rows, right.columns,
                           values.view().block(0, left.columns.size(), rows.size(), right.columns.size()));
    return values;
  }
};

TEST_F(CrossSubjectRun, EachSubjectIsPredictedAndScoredOnItsOwnPictures) {
  plan.rois = {"OFA"};
  setInPlan(plan, "focus", "roi-pair");
  const RunFolder run = newRun();
  ASSERT_EQ(train(run), WorkEnd::Done) << run.readState().reason;
  const RunLayout layout = run.readLayout().value();
  const RunGroup& group = layout.cohorts.at(0).groups.at(0);
  EXPECT_EQ(group.id, "cross-bh-OFA");
  EXPECT_THAT(group.subjects(), ElementsAre("subj01", "subj02"));
  ASSERT_EQ(group.parts.size(), 4U);
  const Hdf5File predictions = Hdf5File::open(run.predictionsFile());
  const Hdf5File scores = Hdf5File::open(run.scoresFile());
  const auto correlation = scores.read<float>("/correlation/cross-bh-OFA");
  EXPECT_EQ(correlation.size(), group.columnCount());
  size_t at = 0;
  for (const std::string& subject : group.subjects()) {
    const Matrix<float> predicted = predictions.readMatrix(predictionName("validation", group, subject));
    const auto images = predictions.readTexts(imagesName(subject, "validation"));
    ASSERT_EQ(predicted.rows(), images.size());
    EXPECT_EQ(predictions.readMatrix(predictionName("test", group, subject)).rows(), 3U);
    const Matrix<float> measured = responsesOf(subject, images);
    ASSERT_EQ(predicted.cols(), measured.cols());
    const std::vector<float> expected = pearson(predicted.view(), measured.view());
    for (size_t c = 0; c < expected.size(); ++c) EXPECT_EQ(correlation[at + c], expected[c]);
    at += expected.size();
  }
  // The maps of the training say the same of the best epoch as the scores of its predictions.
  const RunMaps maps(run, layout);
  const auto map = maps.bestCorrelation("subj02", Hemisphere::Right, *RunReader(run).read());
  const RunPart& last = group.parts.back();
  for (size_t i = 0; i < last.columnCount; ++i)
    EXPECT_NEAR(map[layout.columns[0][last.offset + i]], correlation[last.offset + i], 1e-5);
}

// The plan names the folder of one subject's components; the other subject's are found beside it, the plain features
// that by name would be taken are not.
TEST_F(CrossSubjectRun, AFolderNamesTheVariantOfEverySubject) {
  ProgressReporter progress;
  EmbedOptions options{.backbone = "precomputed",
                       .weights = dir / "{subject}-train.npy",
                       .testWeights = dir / "{subject}-test.npy",
                       .workspace = dir / "ws",
                       .form = {.dtype = "float16"}};
  const std::vector<Embedding> halves = embedStudy(study, options, progress);
  setInPlan(plan, "embedding", halves.front().info().path.string());
  plan.rois = {"OFA"};
  const RunFolder run = newRun();
  ASSERT_EQ(train(run), WorkEnd::Done) << run.readState().reason;
  const Json used = readJsonFile(run.startFile()).at("choices").at("embeddings");
  std::vector<std::string> names;
  for (const auto& [choice, folder] : used.items()) names.push_back(fs::path(folder.get<std::string>()).filename());
  std::vector<std::string> expected;
  for (const Embedding& half : halves) expected.push_back(half.info().path.filename());
  EXPECT_EQ(names, expected);
}

}  // namespace
}  // namespace corticast
