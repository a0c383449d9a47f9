#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/runs/lease.h"
#include "core/runs/queue.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;
namespace fs = std::filesystem;

// Stands for corticast-cli: called as `work RUN --queued` or `queue --workspace WS`.
struct Bench {
  explicit Bench(const std::string& script) : workspace(Workspace::openOrCreate(dir / "ws")), cli(dir / "cli") {
    testing::writeFile(cli, "#!/bin/sh\nset -e\nrun=$2\nlog=" + (dir / "calls").string() + "\n" + script);
    fs::permissions(cli, fs::perms::owner_all);
  }
  [[nodiscard]] std::string calls() const { return fs::exists(dir / "calls") ? readTextFile(dir / "calls") : ""; }

  TempDir dir;
  Workspace workspace;
  fs::path cli;
};

constexpr const char* kDoneAfterAWhile =
    "echo start $(basename $run) >> $log\n"
    "sleep 0.1\n"
    "echo end >> $log\n"
    "sed -i s/queued/done/ $run/state.json\n";

TEST(Queue, StartsRunsOneAfterAnother) {
  Bench bench(kDoneAfterAWhile);
  std::string expected;
  for (int i = 0; i < 3; ++i) expected += "start " + bench.workspace.createRun(Json{{"name", "r"}}).id() + "\nend\n";
  RunQueue queue(bench.workspace, bench.cli);
  queue.run({});
  EXPECT_EQ(bench.calls(), expected);
  EXPECT_FALSE(queue.isRunning());
}

TEST(Queue, WorksOnSeveralAtOnceWhenAsked) {
  Bench bench("echo start >> $log\nsleep 0.5\necho end >> $log\nsed -i s/queued/done/ $run/state.json\n");
  writeQueueSettings(bench.workspace, {.parallel = 2, .isPaused = false});
  for (int i = 0; i < 2; ++i) (void)bench.workspace.createRun(Json{{"name", "r"}});
  RunQueue(bench.workspace, bench.cli).run({});
  EXPECT_EQ(bench.calls(), "start\nstart\nend\nend\n");
}

TEST(Queue, SaysWhyAWorkerDidNotBegin) {
  Bench bench("exit 7\n");
  const RunFolder run = bench.workspace.createRun(Json::object());
  RunQueue(bench.workspace, bench.cli).run({});
  EXPECT_EQ(run.readState().status, RunStatus::Failed);
  EXPECT_EQ(run.readState().reason, "its worker ended with code 7 before it began; log.txt has more");
}

TEST(Queue, SaysThatAWorkerWasKilledAndGoesOn) {
  Bench bench("sed -i s/queued/running/ $run/state.json\nkill -9 $$\n");
  const RunFolder first = bench.workspace.createRun(Json::object());
  const RunFolder second = bench.workspace.createRun(Json::object());
  RunQueue(bench.workspace, bench.cli).run({});
  for (const RunFolder& run : {first, second}) {
    EXPECT_EQ(run.readState().status, RunStatus::Failed);
    EXPECT_NE(run.readState().reason.find("SIGKILL"), std::string::npos);
  }
}

TEST(Queue, IsOnePerWorkspaceAndCanBePaused) {
  Bench bench(kDoneAfterAWhile);
  const RunFolder run = bench.workspace.createRun(Json::object());
  writeQueueSettings(bench.workspace, {.parallel = 1, .isPaused = true});
  RunQueue queue(bench.workspace, bench.cli);
  queue.run({});
  EXPECT_EQ(run.readState().status, RunStatus::Queued);
  const Lease other = Lease::claim(bench.workspace.root() / "queue");
  EXPECT_TRUE(queue.isRunning());
  EXPECT_NE(errorOf([&] { queue.run({}); }).why.find("is working on it"), std::string::npos);
}

TEST(Queue, IsLeftBehindByItsStarter) {
  Bench bench("echo \"$@\" >> $log\n");
  RunQueue queue(bench.workspace, bench.cli);
  queue.ensureRunning();
  EXPECT_EQ(bench.calls(), "");  // nothing is queued
  (void)bench.workspace.createRun(Json::object());
  queue.ensureRunning();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (bench.calls().empty() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(bench.calls(), "queue --workspace " + bench.workspace.root().string() + "\n");
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no child, no zombie
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(errorOf([&] { RunQueue(bench.workspace, bench.dir / "absent").ensureRunning(); }).why,
            "No such file or directory");
}

TEST(RunControl, ChangesARunThatNobodyWorksOn) {
  Bench bench("");
  const RunFolder run = bench.workspace.createRun(Json::object());
  const auto status = [&] { return run.readState().status; };
  pauseRun(run);
  EXPECT_EQ(status(), RunStatus::Paused);
  resumeRun(run);
  EXPECT_EQ(status(), RunStatus::Queued);
  stopRun(run);
  EXPECT_EQ(status(), RunStatus::Cancelled);
  EXPECT_GT(run.readState().finished, 0);
  pauseRun(run);
  EXPECT_EQ(status(), RunStatus::Cancelled);
  resumeRun(run);
  EXPECT_EQ(run.readState().reason, "");
  EXPECT_EQ(errorOf([&] { askRun(run, RunRequest::Checkpoint); }).why, "nobody works on it");
  RunState state = run.readState();
  state.status = RunStatus::Done;
  run.writeState(state);
  EXPECT_EQ(errorOf([&] { stopRun(run); }).why, "it is done");
  EXPECT_EQ(errorOf([&] { resumeRun(run); }).why, "it is done");
}

TEST(RunControl, LeavesARequestForALivingWorker) {
  Bench bench("");
  const RunFolder run = bench.workspace.createRun(Json::object());
  const Lease lease = Lease::claim(run.path());
  stopRun(run);
  EXPECT_EQ(run.readState().status, RunStatus::Queued);
  EXPECT_EQ(takeRequest(run.inbox()), RunRequest::Stop);
  resumeRun(run);
  EXPECT_EQ(run.readState().status, RunStatus::Queued);
}

}  // namespace
}  // namespace corticast
