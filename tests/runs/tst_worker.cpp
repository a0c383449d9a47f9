#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/runs/checkpoint_store.h"
#include "core/runs/inbox.h"
#include "core/runs/journal.h"
#include "core/runs/lease.h"
#include "core/runs/run_control.h"
#include "core/runs/run_snapshot.h"
#include "core/runs/worker.h"
#include "core/runs/workspace.h"
#include "tests/runs/fake_job.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using std::chrono::milliseconds;
using testing::errorOf;
using testing::fakeJobs;
using testing::FakePlan;
using testing::TempDir;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// After every epoch.
const WorkerOptions kOftenSaved{.checkpointEvery = std::chrono::duration<double>(0), .costFactor = 0};

struct Bench {
  Bench() : run(Workspace::openOrCreate(dir / "ws").createRun(Json{{"name", "fake"}})) {
    log::setConsoleLevel(log::Level::Off);
  }
  [[nodiscard]] RunStatus status() const { return run.readState().status; }
  [[nodiscard]] std::shared_ptr<const RunSnapshot> snapshot() const { return RunReader(run).read(); }
  TempDir dir;
  RunFolder run;
};

// Everything that a training's result consists of.
std::string resultHash(const RunFolder& run) {
  Sha256 hash;
  const RunLayout layout = run.readLayout().value();
  for (const RunCohort& cohort : layout.cohorts) {
    hash.add(readTextFile(run.modelFile(cohort.id)));
    for (int epoch = 1; epoch <= cohort.maxEpochs(); ++epoch) hash.add(readTextFile(run.epochFile(cohort.id, epoch)));
  }
  for (const fs::path& path : {run.predictionsFile(), run.scoresFile()}) {
    const Hdf5File file = Hdf5File::open(path);
    for (const std::string& folder : file.list("/"))
      if (folder != "images")
        for (const std::string& id : file.list("/" + folder)) {
          const std::vector<float> values = file.read<float>("/" + folder + "/" + id);
          hash.add(std::as_bytes(std::span(values)));
        }
  }
  return hash.hex();
}

// Curves without their times.
std::string curvesOf(const RunFolder& run) {
  std::string text;
  const auto snapshot = RunReader(run).read();
  for (const auto& cohort : snapshot->curves)
    for (const GroupCurve& curve : cohort)
      text += Json(curve.trainLoss).dump() + Json(curve.correlation).dump() + std::to_string(curve.bestEpoch);
  return text;
}

TEST(Worker, TrainsARunToItsFiles) {
  Bench bench;
  std::vector<Progress> reports;
  WorkerOptions options;
  options.progress = [&](const Progress& progress) { reports.push_back(progress); };
  ASSERT_EQ(work(bench.run, fakeJobs({}), options), WorkEnd::Done);
  EXPECT_EQ(bench.status(), RunStatus::Done);
  const auto snapshot = bench.snapshot();
  EXPECT_TRUE(snapshot->damage.empty());
  EXPECT_EQ(snapshot->fraction, 1);
  EXPECT_EQ(snapshot->device, "CPU, 1 thread");
  EXPECT_EQ(snapshot->curves[1][1].epochs(), 12);
  EXPECT_EQ(snapshot->curves[1][1].progress, GroupProgress::Finished);
  EXPECT_EQ(snapshot->events.front().text, "subj01-lh-aTL is left out: absent");
  EXPECT_EQ(reports.back().fraction, 1);
  EXPECT_EQ(readNpyVector<float>(bench.run.epochFile("c1", 12)).size(), 16u);
  const SafetensorsFile models(bench.run.modelFile("c0"));
  EXPECT_TRUE(models.has("c0-g1/weight"));
  EXPECT_TRUE(models.has("reduction/mean"));
  const Hdf5File predictions = Hdf5File::open(bench.run.predictionsFile());
  EXPECT_EQ(predictions.readMatrix("/validation/c1-g0").rows(), 6u);
  EXPECT_EQ(predictions.readMatrix("/test/c1-g0").cols(), 8u);
  EXPECT_EQ(predictions.readTexts("/images/subj01/test").at(1), "test1.png");
  const Hdf5File scores = Hdf5File::open(bench.run.scoresFile());
  EXPECT_EQ(scores.read<float>("/correlation/c0-g1").size(), 8u);
  EXPECT_EQ(scores.intAttribute("/r2/c0-g1", "best_epoch"), snapshot->curves[0][1].bestEpoch);
  EXPECT_FALSE(fs::exists(bench.run.path() / "results"));
  EXPECT_FALSE(leaseOf(bench.run.path()).isHeld);
  EXPECT_EQ(work(bench.run, fakeJobs({}), options), WorkEnd::Done);
  EXPECT_EQ(bench.run.readState().attempts, 1);
}

// Starts a worker process, kills it after `life`, and returns whether it was still alive then.
bool workAndKill(const RunFolder& run, const FakePlan& plan, std::chrono::microseconds life) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(static_cast<int>(work(run, fakeJobs(plan), kOftenSaved)));
  std::this_thread::sleep_for(life);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST(Worker, KilledAtRandomMomentsEndsBitIdentical) {
  Bench undisturbed;
  const FakePlan plan{.epochTime = milliseconds(2)};
  const auto start = Clock::now();
  ASSERT_EQ(work(undisturbed.run, fakeJobs(plan), kOftenSaved), WorkEnd::Done);
  const double whole = secondsSince(start);
  const std::string expected = resultHash(undisturbed.run);
  const std::string curves = curvesOf(undisturbed.run);
  Philox random(7);
  int kills = 0;
  int trials = 0;
  for (; trials < 8 || (kills < 20 && trials < 40); ++trials) {  // fewer kills a trial where the machine became faster
    Bench bench;
    for (int i = 0; i < 5; ++i) {
      const auto life = std::chrono::microseconds(static_cast<int64_t>(random.uniform(0, 0.6 * whole) * 1e6));
      kills += workAndKill(bench.run, plan, life);
      ASSERT_NO_THROW(bench.run.readState());
      ASSERT_TRUE(bench.snapshot()->damage.empty());
    }
    ASSERT_EQ(work(bench.run, fakeJobs(plan), kOftenSaved), WorkEnd::Done);
    ASSERT_EQ(resultHash(bench.run), expected);
    ASSERT_EQ(curvesOf(bench.run), curves);
    EXPECT_FALSE(fs::exists(bench.run.path() / "results"));
  }
  std::printf("%d kills in %d runs, all ended bit-identical\n", kills, trials);
  EXPECT_GE(kills, 20);
}

TEST(Worker, ACheckpointThatForgotTheMomentsShows) {
  std::vector<std::string> hashes;
  for (const bool saves : {true, false}) {
    Bench bench;
    FakePlan plan{.epochTime = milliseconds(0), .savesMoments = saves, .failsInEpoch = 6};
    ASSERT_EQ(work(bench.run, fakeJobs(plan), kOftenSaved), WorkEnd::Failed);
    plan.failsInEpoch = 0;
    ASSERT_EQ(work(bench.run, fakeJobs(plan), kOftenSaved), WorkEnd::Done);
    hashes.push_back(resultHash(bench.run));
  }
  EXPECT_NE(hashes[0], hashes[1]);
}

TEST(Worker, AFailureIsWrittenDownAndTheRunCanBeResumed) {
  Bench bench, undisturbed;
  ASSERT_EQ(work(undisturbed.run, fakeJobs({}), kOftenSaved), WorkEnd::Done);
  ASSERT_EQ(work(bench.run, fakeJobs({.failsInEpoch = 5}), kOftenSaved), WorkEnd::Failed);
  EXPECT_EQ(bench.status(), RunStatus::Failed);
  EXPECT_EQ(bench.run.readState().reason, "train: group 0: the device is lost; resume on the CPU");
  EXPECT_EQ(bench.snapshot()->events.back().level, "error");
  EXPECT_FALSE(bench.snapshot()->isCrashed);
  ASSERT_EQ(work(bench.run, fakeJobs({}), kOftenSaved), WorkEnd::Done);
  EXPECT_EQ(resultHash(bench.run), resultHash(undisturbed.run));
  EXPECT_EQ(bench.run.readState().attempts, 2);
  EXPECT_EQ(bench.run.readState().reason, "");
}

TEST(Worker, ADamagedCheckpointIsPassedOverWithTheSameResult) {
  Bench bench, undisturbed;
  ASSERT_EQ(work(undisturbed.run, fakeJobs({}), kOftenSaved), WorkEnd::Done);
  for (const int damaged : {1, 2, 3}) {
    Bench trial;
    ASSERT_EQ(work(trial.run, fakeJobs({.failsInEpoch = 8}), kOftenSaved), WorkEnd::Failed);
    const CheckpointStore store(trial.run.checkpoints());
    std::vector<uint64_t> steps = store.steps();
    for (int i = 0; i < damaged && !steps.empty(); ++i, steps.pop_back()) {
      const fs::path file = trial.run.checkpoints() / ("0000000" + std::to_string(steps.back())) / "state.safetensors";
      std::string content = readTextFile(file);
      content.back() = static_cast<char>(content.back() ^ 1);
      testing::writeFile(file, content);
    }
    ASSERT_EQ(work(trial.run, fakeJobs({}), kOftenSaved), WorkEnd::Done);
    EXPECT_EQ(resultHash(trial.run), resultHash(undisturbed.run));
    EXPECT_EQ(curvesOf(trial.run), curvesOf(undisturbed.run));
    const std::string log = readTextFile(trial.run.logFile());
    EXPECT_NE(log.find("checkpoint 7 is damaged"), std::string::npos) << log;
  }
}

TEST(Worker, RefusesToGoOnWithChangedData) {
  Bench bench;
  ASSERT_EQ(work(bench.run, fakeJobs({.failsInEpoch = 5}), kOftenSaved), WorkEnd::Failed);
  const std::string journal = readTextFile(bench.run.journalFile());
  ASSERT_EQ(work(bench.run, fakeJobs({.dataHash = "b"}), kOftenSaved), WorkEnd::Failed);
  EXPECT_NE(bench.run.readState().reason.find("subj01/lh responses: it changed since the run was started"),
            std::string::npos);
  EXPECT_EQ(readTextFile(bench.run.journalFile()), journal);
  ASSERT_EQ(work(bench.run, fakeJobs({.columns = 9}), kOftenSaved), WorkEnd::Failed);
  EXPECT_NE(bench.run.readState().reason.find("cut into other groups"), std::string::npos);
  ASSERT_EQ(work(bench.run, fakeJobs({}), kOftenSaved), WorkEnd::Done);
}

TEST(Worker, ASecondOneIsRefused) {
  Bench bench;
  std::jthread first([&] { (void)work(bench.run, fakeJobs({.epochTime = milliseconds(30)}), {}); });
  while (bench.status() != RunStatus::Running) std::this_thread::sleep_for(milliseconds(2));
  EXPECT_NE(errorOf([&] { (void)work(bench.run, fakeJobs({}), {}); }).why.find("is working on it"), std::string::npos);
  EXPECT_EQ(bench.status(), RunStatus::Running);
  stopRun(bench.run);
}

struct Ending {
  RunRequest request;
  RunStatus status;
};

TEST(Worker, StopsWithinASecondAlsoInALongEpoch) {
  const auto epochTimes = {milliseconds(20), milliseconds(60000)};
  const auto endings = {Ending{RunRequest::Pause, RunStatus::Paused}, Ending{RunRequest::Stop, RunStatus::Cancelled}};
  for (const milliseconds epochTime : epochTimes)
    for (const Ending& ending : endings) {
      Bench bench;
      WorkEnd end = WorkEnd::Done;
      std::jthread worker([&] { end = work(bench.run, fakeJobs({.epochs = 1000, .epochTime = epochTime}), {}); });
      while (bench.status() != RunStatus::Running) std::this_thread::sleep_for(milliseconds(2));
      std::this_thread::sleep_for(milliseconds(100));
      const auto asked = Clock::now();
      askRun(bench.run, ending.request);
      worker.join();
      EXPECT_LT(secondsSince(asked), 1.0);
      EXPECT_EQ(end, WorkEnd::Checkpointed);
      EXPECT_EQ(bench.status(), ending.status);
      EXPECT_TRUE(fs::is_empty(bench.run.inbox()));
      if (epochTime < milliseconds(100)) {
        EXPECT_EQ(CheckpointStore(bench.run.checkpoints()).steps().size(), 1u);
      }
    }
}

TEST(Worker, SavesOnRequestAndGoesOn) {
  Bench bench;
  std::jthread worker([&] { (void)work(bench.run, fakeJobs({.epochTime = milliseconds(30)}), {}); });
  while (bench.snapshot()->epoch < 1) std::this_thread::sleep_for(milliseconds(2));
  checkpointRun(bench.run);
  const auto asked = Clock::now();
  while (CheckpointStore(bench.run.checkpoints()).steps().empty() && secondsSince(asked) < 2)
    std::this_thread::sleep_for(milliseconds(2));
  EXPECT_LT(secondsSince(asked), 1.0);
  worker.join();
  EXPECT_EQ(bench.status(), RunStatus::Done);
}

TEST(Worker, SignalsAndCtrlCLeaveAResumableRun) {
  Bench undisturbed;
  ASSERT_EQ(work(undisturbed.run, fakeJobs({}), {}), WorkEnd::Done);
  for (const bool isInterrupt : {true, false}) {
    Bench bench;
    std::stop_source interrupt;
    std::atomic<int> signal{0};
    WorkerOptions options{.interrupt = interrupt.get_token(), .signal = [&] { return signal.load(); }};
    std::jthread asker([&] {
      while (bench.snapshot()->epoch < 3) std::this_thread::sleep_for(milliseconds(2));
      if (isInterrupt) interrupt.request_stop();
      signal = isInterrupt ? 0 : SIGUSR1;
    });
    const WorkEnd end = work(bench.run, fakeJobs({.epochTime = milliseconds(20)}), options);
    EXPECT_EQ(end, isInterrupt ? WorkEnd::Interrupted : WorkEnd::Checkpointed);
    EXPECT_EQ(bench.status(), RunStatus::Paused);
    EXPECT_EQ(bench.run.readState().reason, isInterrupt ? "interrupted (Ctrl+C)" : "asked to end by SIGUSR1");
    ASSERT_EQ(work(bench.run, fakeJobs({}), {}), WorkEnd::Done);
    EXPECT_EQ(resultHash(bench.run), resultHash(undisturbed.run));
  }
}

TEST(Worker, ADivergedGroupIsNamedAndTheOthersGoOn) {
  Bench bench;
  ASSERT_EQ(work(bench.run, fakeJobs({.divergesInEpoch2 = true}), {}), WorkEnd::Done);
  const auto snapshot = bench.snapshot();
  EXPECT_EQ(snapshot->curves[0][0].progress, GroupProgress::Failed);
  EXPECT_EQ(snapshot->curves[0][0].reason, "its loss became infinite");
  size_t warnings = 0;
  for (const RunEvent& event : snapshot->events) warnings += event.level == "warning";
  EXPECT_EQ(warnings, 2u);
}

TEST(Worker, OnAFullDiskTheRunFailsAndGoesOnWhenThereIsRoom) {
  Bench undisturbed;
  ASSERT_EQ(work(undisturbed.run, fakeJobs({}), kOftenSaved), WorkEnd::Done);
  size_t failures = 0;
  for (const rlim_t room : {200, 500, 700, 1200, 3000, 6000, 8000}) {
    Bench bench;
    const pid_t child = ::fork();
    if (child == 0) {
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{room, room};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      try {
        ::_exit(static_cast<int>(work(bench.run, fakeJobs({}), kOftenSaved)));
      } catch (const std::exception&) {
        ::_exit(1);
      }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status)) << room;
    if (WEXITSTATUS(status) == 0) continue;
    ++failures;
    for (const auto& entry : fs::recursive_directory_iterator(bench.run.path()))
      EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
    const RunState state = bench.run.readState();
    const bool isSaid = state.reason.find("File too large") != std::string::npos;
    EXPECT_TRUE(isSaid || bench.snapshot()->isCrashed || state.status == RunStatus::Queued) << room << state.reason;
    ASSERT_EQ(work(bench.run, fakeJobs({}), kOftenSaved), WorkEnd::Done) << room;
    EXPECT_EQ(resultHash(bench.run), resultHash(undisturbed.run)) << room;
  }
  EXPECT_GE(failures, 4u);
}

TEST(Worker, TouchesNothingThatIsNoRun) {
  TempDir dir;
  EXPECT_EQ(errorOf([&] { (void)work(RunFolder(dir / "x"), fakeJobs({}), {}); }).why,
            "it holds no plan.json, so it is no run folder");
  EXPECT_FALSE(fs::exists(dir / "x"));
}

TEST(Worker, ForAQueueLeavesRunsAloneThatWerePausedMeanwhile) {
  Bench bench;
  pauseRun(bench.run);
  EXPECT_EQ(work(bench.run, fakeJobs({}), {.isOnlyIfQueued = true}), WorkEnd::Done);
  EXPECT_EQ(bench.status(), RunStatus::Paused);
}

}  // namespace
}  // namespace corticast
