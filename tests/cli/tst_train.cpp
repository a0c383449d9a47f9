#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/formats/safetensors.h"
#include "core/runs/checkpoint_store.h"
#include "core/runs/lease.h"
#include "core/runs/run_control.h"
#include "core/runs/run_snapshot.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"
#include "tests/testing/program.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::ProgramResult;
using testing::runProgram;
using testing::TempDir;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t kImages = 200;
constexpr size_t kTestImages = 10;
constexpr size_t kFeatures = 48;
constexpr int kEpochs = 24;

void writeFeatures(const fs::path& path, size_t images, uint64_t stream) {
  Matrix<float> features(images, kFeatures);
  Philox random(5, stream);
  for (float& value : features.values()) value = static_cast<float>(random.normal());
  writeNpy(path, std::as_const(features).view());
}

// A study, its embedding and a plan that trains long enough to be killed in the middle.
class Train : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_dir = std::make_unique<TempDir>();
    testing::makeSmallStudy(*s_dir / "study",
                            {.images = kImages, .testImages = kTestImages, .leftVertices = 900, .rightVertices = 800});
    writeFeatures(*s_dir / "train.npy", kImages, 1);
    writeFeatures(*s_dir / "test.npy", kTestImages, 2);
    (void)Workspace::openOrCreate(workspacePath());
    EmbedOptions options{.backbone = "precomputed", .workspace = workspacePath()};
    options.weights = *s_dir / "train.npy";
    options.testWeights = *s_dir / "test.npy";
    ProgressReporter progress;
    const auto embeddings = embedStudy(openStudy(*s_dir / "study"), options, progress);
    Plan plan;
    plan.name = "small";
    plan.dataset = *s_dir / "study";
    plan.device = "cpu";
    plan.threads = 1;
    plan.defaults["embedding"] = embeddings.front().info().path.string();
    plan.defaults["maxEpochs"] = kEpochs;
    plan.defaults["patience"] = 0;
    plan.defaults["batchSize"] = 32;
    plan.defaults["learningRate"] = 1e-3;
    writeJsonFile(planFile(), toJson(plan));
  }
  static void TearDownTestSuite() { s_dir.reset(); }

  static fs::path workspacePath() { return *s_dir / "ws"; }
  static fs::path planFile() { return *s_dir / "plan.json"; }
  static RunFolder newRun(const Json& settings = Json::object()) {
    Json plan = readJsonFile(planFile());
    plan["defaults"].update(settings);
    return Workspace::open(workspacePath()).createRun(plan, RunStatus::Queued);
  }
  static void expectBitIdenticalAfterKills(const Json& settings, int killsWanted);

  static std::unique_ptr<TempDir> s_dir;
};
std::unique_ptr<TempDir> Train::s_dir;

// `corticast-cli work RUN`, saving after every epoch.
pid_t startWorker(const RunFolder& run) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDERR_FILENO);
  ::execl(CORTICAST_CLI, CORTICAST_CLI, "work", run.path().c_str(), "--checkpoint-every", "0", "--checkpoint-cost", "0",
          nullptr);
  ::_exit(127);
}

int exitCodeOf(pid_t worker) {
  int status = 0;
  ::waitpid(worker, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string resultHash(const RunFolder& run) {
  Sha256 hash;
  const RunLayout layout = run.readLayout().value();
  for (const RunCohort& cohort : layout.cohorts) {
    hash.add(readTextFile(run.modelFile(cohort.id)));
    for (int epoch = 1; epoch <= kEpochs; ++epoch) hash.add(readTextFile(run.epochFile(cohort.id, epoch)));
  }
  const Hdf5File predictions = Hdf5File::open(run.predictionsFile());
  for (const char* folder : {"/validation", "/test"})
    for (const std::string& id : predictions.list(folder)) {
      const std::vector<float> values = predictions.read<float>(std::string(folder) + "/" + id);
      hash.add(std::as_bytes(std::span(values)));
    }
  return hash.hex();
}

TEST_F(Train, PrintsTheRunAndLeavesItsFiles) {
  const ProgramResult result =
      runProgram(CORTICAST_CLI, {"train", planFile().string(), "--workspace", workspacePath().string(), "--json"});
  ASSERT_EQ(result.exitCode, 0) << result.err;
  const Json document = Json::parse(result.out);
  EXPECT_EQ(document.at("status"), "done");
  const RunFolder run = Workspace::open(workspacePath()).find(document.at("run").get<std::string>());
  const auto snapshot = RunReader(run).read();
  EXPECT_EQ(snapshot->epoch, kEpochs);
  EXPECT_TRUE(snapshot->damage.empty());
  const Hdf5File predictions = Hdf5File::open(run.predictionsFile());
  const std::string id = snapshot->layout->cohorts[0].groups[0].id;
  EXPECT_EQ(predictions.readMatrix("/test/" + id).rows(), kTestImages);
  EXPECT_EQ(predictions.readTexts("/images/subj01/test").size(), kTestImages);
  // What the journal said of the best epoch is what the scores say.
  const std::vector<float> r = Hdf5File::open(run.scoresFile()).read<float>("/correlation/" + id);
  double mean = 0;
  for (const float value : r) mean += value / static_cast<double>(r.size());
  EXPECT_NEAR(mean, snapshot->curves[0][0].bestCorrelation(), 1e-5);
  const ProgramResult list = runProgram(CORTICAST_CLI, {"runs", "--workspace", workspacePath().string(), "--json"});
  ASSERT_EQ(list.exitCode, 0) << list.err;
  EXPECT_EQ(Json::parse(list.out).back().at("run"), run.id());
}

int newestStep(const RunFolder& run) {
  const auto steps = CheckpointStore(run.checkpoints()).steps();
  return steps.empty() ? 0 : static_cast<int>(steps.back());
}

// Kills the worker a random while after it has saved a random number of steps, so that moments are spread over the
// whole run however fast the machine is just then. False: it was done before.
bool killAtRandomMoment(const RunFolder& run, Philox& random) {
  const int wanted = newestStep(run) + static_cast<int>(random.uniform(0, 6));
  const pid_t worker = startWorker(run);
  int status = 0;
  while (newestStep(run) < wanted) {
    if (::waitpid(worker, &status, WNOHANG) == worker) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(random.uniform(0, 0.1)));
  ::kill(worker, SIGKILL);
  return exitCodeOf(worker) == -SIGKILL;
}

void Train::expectBitIdenticalAfterKills(const Json& settings, int killsWanted) {
  const RunFolder undisturbed = newRun(settings);
  ASSERT_EQ(exitCodeOf(startWorker(undisturbed)), 0);
  const std::string expected = resultHash(undisturbed);
  Philox random(11);
  int kills = 0;
  int resumed = 0;
  int runs = 0;
  for (; (kills < killsWanted || resumed < killsWanted / 2) && runs < 20; ++runs) {
    const RunFolder run = newRun(settings);
    for (int i = 0; i < 4; ++i) {
      if (!killAtRandomMoment(run, random)) break;
      ++kills;
      const auto snapshot = RunReader(run).read();
      ASSERT_TRUE(snapshot->damage.empty()) << snapshot->damage.front();
      resumed += newestStep(run) > 0;
    }
    ASSERT_EQ(exitCodeOf(startWorker(run)), 0) << readTextFile(run.logFile());
    ASSERT_EQ(resultHash(run), expected);
  }
  std::printf("%d kills in %d runs (%d after the first checkpoint), all ended bit-identical\n", kills, runs, resumed);
  EXPECT_GE(kills, killsWanted);
  EXPECT_GE(resumed, killsWanted / 2);
}

TEST_F(Train, WorkersKilledAtRandomMomentsEndBitIdentical) {
  expectBitIdenticalAfterKills(Json::object(), 20);
}

// Buffers of batch normalisation and the stream that dropout draws from are part of a checkpoint.
TEST_F(Train, NetworksKilledAtRandomMomentsEndBitIdentical) {
  expectBitIdenticalAfterKills(
      {{"architecture", "deep-residual"}, {"resBlocks", 2}, {"resWidth", 24}, {"resDropout", 0.2}}, 12);
}

// Puts zeros for the tensors whose name has `part` in it, with right checksums.
size_t forget(const RunFolder& run, const std::string& part) {
  const fs::path folder = run.checkpoints() / [&] {
    char name[16];
    std::snprintf(name, sizeof name, "%08d", static_cast<int>(CheckpointStore(run.checkpoints()).steps().back()));
    return std::string(name);
  }();
  std::vector<NamedTensor> tensors = SafetensorsFile(folder / "state.safetensors").readAll();
  size_t count = 0;
  for (NamedTensor& tensor : tensors)
    if (tensor.name.find(part) != std::string::npos) {
      std::ranges::fill(tensor.data, std::byte{0});
      ++count;
    }
  writeSafetensors(folder / "state.safetensors", tensors);
  std::string sums;
  for (const char* name : {"state.safetensors", "state.json"}) sums += sha256OfFile(folder / name) + "  " + name + "\n";
  writeFileAtomically(folder / "SHA256SUMS", sums);
  return count;
}

TEST_F(Train, SignalsLeaveACheckpointAndAnAblatedOneShows) {
  std::vector<std::string> hashes;
  for (const bool isAblated : {false, true}) {
    const RunFolder run = newRun();
    const pid_t worker = startWorker(run);
    while (CheckpointStore(run.checkpoints()).steps().empty()) std::this_thread::sleep_for(milliseconds(1));
    const auto asked = Clock::now();
    ::kill(worker, isAblated ? SIGTERM : SIGUSR1);
    ASSERT_EQ(exitCodeOf(worker), 75);
    EXPECT_LT(std::chrono::duration<double>(Clock::now() - asked).count(), 1.5);
    EXPECT_EQ(run.readState().status, RunStatus::Paused);
    if (isAblated) {
      EXPECT_GE(forget(run, "oment"), 2u);
    }
    ASSERT_EQ(exitCodeOf(startWorker(run)), 0);
    hashes.push_back(resultHash(run));
  }
  EXPECT_NE(hashes[0], hashes[1]);
}

TEST_F(Train, CtrlCEndsWith130AndChangedDataAreRefused) {
  const RunFolder run = newRun();
  const pid_t worker = startWorker(run);
  while (CheckpointStore(run.checkpoints()).steps().empty()) std::this_thread::sleep_for(milliseconds(1));
  ::kill(worker, SIGINT);
  ASSERT_EQ(exitCodeOf(worker), 130);
  const Study study = openStudy(*s_dir / "study");
  const fs::path responses = study.subjects.front().hemispheres.front().training->path();
  const std::string before = readTextFile(responses);
  std::string changed = before;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  testing::writeFile(responses, changed);
  const ProgramResult refused = runProgram(CORTICAST_CLI, {"work", run.path().string()});
  testing::writeFile(responses, before);
  EXPECT_EQ(refused.exitCode, 1);
  EXPECT_NE(refused.err.find("it changed since the run was started"), std::string::npos) << refused.err;
  EXPECT_EQ(runProgram(CORTICAST_CLI, {"work", run.path().string()}).exitCode, 0);
}

TEST_F(Train, AWorkspaceMovesWithItsUnfinishedRuns) {
  std::vector<std::string> hashes;
  for (const bool isFolderNamed : {true, false}) {
    Json plan = readJsonFile(planFile());
    if (!isFolderNamed) {
      plan["defaults"].erase("embedding");
      plan["defaults"]["backbone"] = "precomputed";
    }
    const RunFolder run = Workspace::open(workspacePath()).createRun(plan, RunStatus::Queued);
    const pid_t worker = startWorker(run);
    while (CheckpointStore(run.checkpoints()).steps().empty()) std::this_thread::sleep_for(milliseconds(1));
    ::kill(worker, SIGTERM);
    ASSERT_EQ(exitCodeOf(worker), 75);
    const fs::path elsewhere = *s_dir / "moved";
    fs::rename(workspacePath(), elsewhere);
    const RunFolder moved(elsewhere / "runs" / run.id());
    const ProgramResult resumed = runProgram(CORTICAST_CLI, {"work", moved.path().string()});
    fs::rename(elsewhere, workspacePath());
    ASSERT_EQ(resumed.exitCode, 0) << resumed.err;
    hashes.push_back(resultHash(run));
  }
  const RunFolder whole = newRun();
  ASSERT_EQ(exitCodeOf(startWorker(whole)), 0);
  EXPECT_THAT(hashes, ::testing::Each(resultHash(whole)));
}

TEST_F(Train, AResumedRunIsTakenUpByTheQueue) {
  const RunFolder run = newRun();
  pauseRun(run);
  ::setenv("CORTICAST_CLI", CORTICAST_CLI, 1);
  ASSERT_EQ(runProgram(CORTICAST_CLI, {"resume", run.id(), "--workspace", workspacePath().string()}).exitCode, 0);
  const auto until = Clock::now() + std::chrono::seconds(30);
  while (run.readState().status != RunStatus::Done && Clock::now() < until)
    std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(run.readState().status, RunStatus::Done);
  // The queue ends by itself; its folder must not be removed under it.
  while (leaseOf(workspacePath() / "queue").isHeld && Clock::now() < until)
    std::this_thread::sleep_for(milliseconds(20));
}

}  // namespace
}  // namespace corticast
