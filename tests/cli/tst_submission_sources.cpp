#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/formats/npy.h"
#include "core/formats/safetensors.h"
#include "core/formats/zip.h"
#include "core/runs/checkpoint_store.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"
#include "tests/testing/program.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

// Runs over folds and runs of several subjects as sources of a submission, through the program alone. The numbers are
// checked with arithmetic of this file on the arrays that the program exports.
namespace corticast {
namespace {

using testing::ProgramResult;
using testing::runProgram;
namespace fs = std::filesystem;

constexpr size_t kImages = 60, kTestImages = 5, kFeatures = 6, kLeft = 12, kRight = 14;
constexpr int kFolds = 3;

Matrix<float> featuresOf(size_t subject, bool isTest) {
  Matrix<float> values(isTest ? kTestImages : kImages, kFeatures);
  Philox random(11, 2 * subject + (isTest ? 1 : 0));
  for (float& value : values.values()) value = static_cast<float>(random.normal());
  return values;
}

/// One feature per column, and noise that grows with the column: r differs between vertices, and is unsure in some.
float response(size_t subject, Hemisphere hemisphere, size_t row, size_t column) {
  const bool isTest = row >= kImages;
  Philox random(12, (subject * 1000 + row) * 100 + column + (hemisphere == Hemisphere::Left ? 0 : 50));
  return featuresOf(subject, isTest)(isTest ? row - kImages : row, column % kFeatures) +
         0.3F * static_cast<float>(column) * static_cast<float>(random.normal());
}

double pearsonByHand(const Matrix<float>& a, size_t columnOfA, const Matrix<float>& b, size_t columnOfB) {
  double meanA = 0, meanB = 0, product = 0, squaresOfA = 0, squaresOfB = 0;
  const auto n = static_cast<double>(a.rows());
  for (size_t i = 0; i < a.rows(); ++i) {
    meanA += static_cast<double>(a(i, columnOfA)) / n;
    meanB += static_cast<double>(b(i, columnOfB)) / n;
  }
  for (size_t i = 0; i < a.rows(); ++i) {
    const double x = static_cast<double>(a(i, columnOfA)) - meanA, y = static_cast<double>(b(i, columnOfB)) - meanB;
    product += x * y;
    squaresOfA += x * x;
    squaresOfB += y * y;
  }
  return product / std::sqrt(squaresOfA * squaresOfB);
}

/// What a run predicts of one hemisphere of a subject.
struct Predicted {
  Matrix<float> test;
  std::vector<double> r;  ///< on its validation pictures, per column
};

class SubmissionSources : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_folder = std::make_unique<testing::TempDir>();
    testing::makeSmallStudy(studyPath(), {.subjects = 2,
                                          .images = kImages,
                                          .testImages = kTestImages,
                                          .sharedImages = 20,
                                          .leftVertices = kLeft,
                                          .rightVertices = kRight,
                                          .response = response});
    for (size_t subject = 0; subject < 2; ++subject)
      for (const bool isTest : {false, true}) {
        const Matrix<float> features = featuresOf(subject, isTest);
        writeNpy(*s_folder / ("subj0" + std::to_string(subject + 1) + (isTest ? "-test.npy" : "-train.npy")),
                 features.view());
      }
    expectDone({"embed", studyPath(), "--backbone", "precomputed", "--weights", path("{subject}-train.npy"),
                "--test-weights", path("{subject}-test.npy"), "--workspace", path("ws")});
  }
  static void TearDownTestSuite() { s_folder.reset(); }

  static std::string path(const std::string& name) { return (*s_folder / name).string(); }
  static std::string studyPath() { return path("study"); }

  static std::string expectDone(const std::vector<std::string>& arguments) {
    const ProgramResult result = runProgram(CORTICAST_CLI, arguments);
    EXPECT_EQ(result.exitCode, 0) << join(arguments, " ") << "\n" << result.err;
    return result.out;
  }

  static RunFolder newRun(const std::vector<std::string>& settings) {
    std::vector<std::string> arguments = {"plan",        "--preset",  "clip-linear-all",
                                          "--dataset",   studyPath(), "--embedding",
                                          "precomputed", "--set",     "focus=hemisphere"};
    for (const char* each : {"device=cpu", "threads=1", "standardise=false", "batchSize=16", "learningRate=0.03",
                             "maxEpochs=12", "patience=0"})
      arguments.insert(arguments.end(), {"--set", each});
    for (const std::string& each : settings) arguments.insert(arguments.end(), {"--set", each});
    return Workspace::open(path("ws")).createRun(parseJson(expectDone(arguments), "plan"), RunStatus::Queued);
  }
  static RunFolder newFoldRun() {
    return newRun({"split.kind=kfold", "split.folds=" + std::to_string(kFolds), "split.seed=3"});
  }
  static void finish(const RunFolder& run) { expectDone({"work", run.path().string()}); }
  static const RunFolder& foldRun() {
    static const RunFolder run = [] {
      RunFolder made = newFoldRun();
      finish(made);
      return made;
    }();
    return run;
  }
  static const RunFolder& crossRun() {
    static const RunFolder run = [] {
      RunFolder made = newRun({"crossSubject=shared-head", "split.kind=random", "split.trainFraction=0.6"});
      finish(made);
      return made;
    }();
    return run;
  }

  static fs::path exported(const RunFolder& run, const std::string& split) {
    const fs::path out = path(run.id() + "-" + split);
    if (!fs::exists(out)) expectDone({"predict", run.path().string(), "--split", split, "--out", out.string()});
    return out;
  }

  /// `file`: "subj01-lh-hemisphere" or "cross-lh-hemisphere.subj01".
  static Predicted predicted(const RunFolder& run, const std::string& file, size_t subject, Hemisphere hemisphere) {
    const fs::path validation = exported(run, "validation");
    const Matrix<float> said = readNpyMatrix(validation / (file + ".npy"));
    const Study study = openStudy(studyPath());
    const Subject& data = study.subjects[subject];
    Matrix<float> measured(said.rows(), said.cols());
    const std::vector<std::string> images =
        corticast::split(readTextFile(validation / (data.id + ".images.txt")), '\n');
    for (size_t i = 0; i < said.rows(); ++i) {
      const auto row = std::ranges::find(data.trainingImages, images[i], &Stimulus::file) - data.trainingImages.begin();
      for (size_t c = 0; c < said.cols(); ++c)
        measured(i, c) = response(subject, hemisphere, static_cast<size_t>(row), c);
    }
    Predicted result{.test = readNpyMatrix(exported(run, "test") / (file + ".npy")), .r = {}};
    for (size_t c = 0; c < said.cols(); ++c) result.r.push_back(pearsonByHand(said, c, measured, c));
    return result;
  }

  static Matrix<float> submitted(const std::string& rule, const std::string& entry) {
    const std::string zip = path(rule + ".zip");
    if (!fs::exists(zip)) {
      const std::string said = expectDone({"submit", "--workspace", path("ws"), "--run", foldRun().id(), "--run",
                                           crossRun().id(), "--rule", rule, "--out", zip, "--check", zip, "--json"});
      EXPECT_TRUE(parseJson(said, "submit").at("good").get<bool>());
    }
    ZipReader(zip).extract(entry, path("entry.npy"));
    return readNpyMatrix(path("entry.npy"));
  }

  /// Calls for each hemisphere of each subject: what is submitted of it, and what the two runs say.
  static void forEachPart(
      const std::string& rule,
      const std::function<void(const Matrix<float>&, const Predicted& ofFolds, const Predicted& ofCross)>& check) {
    for (size_t subject = 0; subject < 2; ++subject)
      for (const Hemisphere hemisphere : kHemispheres) {
        const std::string id = "subj0" + std::to_string(subject + 1), side = toString(hemisphere);
        SCOPED_TRACE(rule + " " + id + " " + side);
        check(submitted(rule, id + "/" + side + "_pred_test.npy"),
              predicted(foldRun(), id + "-" + side + "-hemisphere", subject, hemisphere),
              predicted(crossRun(), "cross-" + side + "-hemisphere." + id, subject, hemisphere));
      }
  }

  static std::unique_ptr<testing::TempDir> s_folder;
};
std::unique_ptr<testing::TempDir> SubmissionSources::s_folder;

/// `corticast-cli work RUN`, saving after every epoch.
pid_t startWorker(const RunFolder& run) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
  ::execl(CORTICAST_CLI, CORTICAST_CLI, "work", run.path().c_str(), "--checkpoint-every", "0", "--checkpoint-cost", "0",
          nullptr);
  ::_exit(127);
}

uint64_t newestStep(const RunFolder& run) {
  const auto steps = CheckpointStore(run.checkpoints()).steps();
  return steps.empty() ? 0 : steps.back();
}

/// Kills the worker some steps on, a random moment later. False when it was done before.
bool killAfterSteps(const RunFolder& run, uint64_t steps, Philox& random) {
  const uint64_t wanted = newestStep(run) + steps;
  const pid_t worker = startWorker(run);
  int status = 0;
  while (newestStep(run) < wanted) {
    if (::waitpid(worker, &status, WNOHANG) == worker) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(random.uniform(0, 0.02)));
  ::kill(worker, SIGKILL);
  ::waitpid(worker, &status, 0);
  return WIFSIGNALED(status);
}

TEST_F(SubmissionSources, AKilledRunOverFoldsPredictsTheSameOutOfFold) {
  const RunFolder run = newFoldRun();
  Philox random(7);
  int kills = 0;
  // Two subjects, each trained once for each fold, are 72 epochs.
  for (; kills < 4; ++kills) ASSERT_TRUE(killAfterSteps(run, random.below(10) + 3, random));
  finish(run);
  for (const char* split : {"validation", "test"}) {
    size_t arrays = 0;
    for (const auto& entry : fs::directory_iterator(exported(foldRun(), split))) {
      EXPECT_EQ(readTextFile(exported(run, split) / entry.path().filename()), readTextFile(entry.path()))
          << entry.path();
      arrays += entry.path().extension() == ".npy" ? 1 : 0;
    }
    EXPECT_EQ(arrays, 8U) << "predictions and columns of two hemispheres of two subjects";
  }
  EXPECT_EQ(readNpyMatrix(exported(run, "validation") / "subj02-rh-hemisphere.npy").rows(), kImages)
      << "every training picture, by the fold that did not see it";
}

TEST_F(SubmissionSources, ARunOverFoldsPredictsTheMeanOfItsModels) {
  const std::string group = "subj01-lh-hemisphere";
  const Matrix<float> test = featuresOf(0, true), said = readNpyMatrix(exported(foldRun(), "test") / (group + ".npy"));
  Matrix<double> mean(kTestImages, kLeft);
  double apart = 0;
  std::vector<float> first;
  for (int fold = 1; fold <= kFolds; ++fold) {
    const std::string suffix = "-fold" + std::to_string(fold);
    const SafetensorsFile models(foldRun().modelFile("subj01" + suffix));
    const NamedTensor weight = models.read(group + suffix + "/weight"), bias = models.read(group + suffix + "/bias");
    for (size_t i = 0; i < kTestImages; ++i)
      for (size_t c = 0; c < kLeft; ++c) {
        double sum = static_cast<double>(bias.floats()[c]);
        for (size_t f = 0; f < kFeatures; ++f)
          sum += static_cast<double>(weight.floats()[c * kFeatures + f]) * static_cast<double>(test(i, f));
        mean(i, c) += sum / kFolds;
        apart = std::max(apart, std::abs(sum - static_cast<double>(said(i, c))));
      }
  }
  EXPECT_GT(apart, 0.01) << "the folds' models differ";
  // Float32 sums of six products, averaged.
  for (size_t i = 0; i < kTestImages; ++i)
    for (size_t c = 0; c < kLeft; ++c) EXPECT_NEAR(said(i, c), mean(i, c), 1e-5);
}

TEST_F(SubmissionSources, TheBestByValidationRPredictsEachVertex) {
  size_t byFolds = 0, byCross = 0;
  forEachPart("best", [&](const Matrix<float>& given, const Predicted& folds, const Predicted& cross) {
    ASSERT_EQ(given.rows(), kTestImages);
    ASSERT_EQ(given.cols(), folds.r.size());
    for (size_t c = 0; c < given.cols(); ++c) {
      const Predicted& best = folds.r[c] > cross.r[c] ? folds : cross;
      ++(&best == &folds ? byFolds : byCross);
      for (size_t i = 0; i < given.rows(); ++i) EXPECT_EQ(given(i, c), best.test(i, c)) << c;
    }
  });
  EXPECT_GT(byFolds, 5U);
  EXPECT_GT(byCross, 5U);
}

TEST_F(SubmissionSources, AnAverageIsWeightedByPositiveValidationR) {
  size_t mixed = 0;
  forEachPart("average", [&](const Matrix<float>& given, const Predicted& folds, const Predicted& cross) {
    ASSERT_EQ(given.cols(), folds.r.size());
    for (size_t c = 0; c < given.cols(); ++c) {
      double a = std::max(0.0, folds.r[c]), b = std::max(0.0, cross.r[c]);
      mixed += a > 0 && b > 0 ? 1 : 0;
      if (a + b == 0) (folds.r[c] > cross.r[c] ? a : b) = 1;
      for (size_t i = 0; i < given.rows(); ++i)
        EXPECT_NEAR(given(i, c),
                    (a * static_cast<double>(folds.test(i, c)) + b * static_cast<double>(cross.test(i, c))) / (a + b),
                    1e-5)
            << c;
    }
  });
  EXPECT_GT(mixed, 20U);
}

}  // namespace
}  // namespace corticast
