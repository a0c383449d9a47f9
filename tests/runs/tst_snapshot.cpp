#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "core/runs/journal.h"
#include "core/runs/lease.h"
#include "core/runs/progress_estimate.h"
#include "core/runs/run_snapshot.h"
#include "core/runs/workspace.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;

RunLayout layoutOf(size_t cohorts, size_t groups, size_t columns, int maxEpochs) {
  RunLayout layout;
  for (size_t c = 0; c < cohorts; ++c) {
    RunCohort cohort{.id = "c" + std::to_string(c), .groups = {}};
    for (size_t g = 0; g < groups; ++g) {
      const std::string id = cohort.id + "-g" + std::to_string(g);
      cohort.groups.push_back({.id = id, .label = id, .roi = "", .roiClass = "", .maxEpochs = maxEpochs, .parts = {}});
      cohort.groups.back().parts = {{"subj01", Hemisphere::Left, columns, g * columns}};
    }
    layout.columns.emplace_back(groups * columns);
    std::iota(layout.columns.back().begin(), layout.columns.back().end(), 0u);
    layout.cohorts.push_back(std::move(cohort));
  }
  layout.hemispheres = {{"subj01", Hemisphere::Left, groups * columns}};
  return layout;
}

Json epochRecord(const std::string& cohort, int epoch, size_t groups) {
  Json record{{"kind", "epoch"}, {"cohort", cohort}, {"epoch", epoch}, {"seconds", 0.5}, {"memory", 1000000}};
  for (size_t g = 0; g < groups; ++g) {
    const double loss = 1.0 / epoch + 0.01 * static_cast<double>(g);
    record["trainLoss"].push_back(loss);
    record["validationLoss"].push_back(loss + 0.123456789);
    record["learningRate"].push_back(1e-4);
    record["correlation"].push_back(g == 1 ? std::nan("") : 1 - 1.0 / (epoch + 1));
    record["state"].push_back(g == 0 && epoch >= 3 ? "stopped" : "training");
    record["bestEpoch"].push_back(g == 0 ? std::min(epoch, 2) : epoch);
  }
  if (epoch == 3) record["reasons"]["0"] = "no better for 1 epoch";
  return record;
}

struct Sample {
  explicit Sample(RunLayout runLayout)
      : workspace(Workspace::openOrCreate(dir / "ws")),
        run(workspace.createRun(Json{{"name", "sample"}})),
        layout(std::move(runLayout)),
        journal(run.journalFile(), 0) {
    run.writeLayout(layout);
  }
  void setStatus(RunStatus status) const {
    RunState state = run.readState();
    state.status = status;
    run.writeState(state);
  }
  TempDir dir;
  Workspace workspace;
  RunFolder run;
  RunLayout layout;
  JournalWriter journal;
};

TEST(Snapshot, FollowsARunAndKeepsWhatWasPublished) {
  Sample sample(layoutOf(2, 2, 10, 20));
  RunReader reader(sample.run);
  const auto first = reader.read();
  EXPECT_EQ(first->state.status, RunStatus::Queued);
  EXPECT_EQ(first->meta.name, "sample");
  EXPECT_EQ(first->cohort, -1);
  EXPECT_TRUE(std::isnan(first->meanCorrelation));
  EXPECT_EQ(reader.read(), first);  // nothing new, nothing copied

  const Lease lease = Lease::claim(sample.run.path());
  sample.setStatus(RunStatus::Running);
  sample.journal.append({{"kind", "started"}, {"device", "CPU, 2 threads"}});
  sample.journal.append({{"kind", "stage"}, {"stage", "train"}});
  for (int epoch = 1; epoch <= 4; ++epoch) sample.journal.append(epochRecord("c0", epoch, 2));
  const auto running = reader.read();
  EXPECT_EQ(first->cohort, -1);
  EXPECT_TRUE(running->isWorkerAlive);
  EXPECT_EQ(running->device, "CPU, 2 threads");
  EXPECT_EQ(running->stage, "train");
  EXPECT_EQ(running->epoch, 4);
  const GroupCurve& stopped = running->curves[0][0];
  EXPECT_EQ(stopped.progress, GroupProgress::Stopped);
  EXPECT_EQ(stopped.reason, "no better for 1 epoch");
  EXPECT_EQ(stopped.bestEpoch, 2);
  EXPECT_DOUBLE_EQ(stopped.bestTrainLoss(), 0.5);
  EXPECT_EQ(running->curves[0][1].progress, GroupProgress::Training);
  EXPECT_TRUE(std::isnan(running->curves[0][1].bestCorrelation()));
  EXPECT_EQ(running->curves[1][0].progress, GroupProgress::Waiting);
  EXPECT_DOUBLE_EQ(running->fraction, 4.0 / 40);
  EXPECT_DOUBLE_EQ(running->secondsLeft.value(), 36 * 0.5);
  EXPECT_DOUBLE_EQ(running->meanCorrelation, 1 - 1.0 / 3);
}

TEST(Snapshot, SaysThatAWorkerDied) {
  Sample sample(layoutOf(1, 1, 4, 10));
  sample.setStatus(RunStatus::Running);
  EXPECT_TRUE(RunReader(sample.run).read()->isCrashed);
  const Lease lease = Lease::claim(sample.run.path());
  EXPECT_FALSE(RunReader(sample.run).read()->isCrashed);
}

TEST(Snapshot, ReportsDamageAndLeavesTheEpochUndefined) {
  Sample sample(layoutOf(1, 2, 4, 10));
  sample.journal.append(epochRecord("c0", 1, 2));
  std::string damaged = journalLine(epochRecord("c0", 2, 2));
  damaged[30] ^= 4;
  std::ofstream(sample.run.journalFile(), std::ios::app)
      << damaged << journalLine(epochRecord("c0", 3, 2)) << journalLine({{"kind", "epoch"}, {"cohort", "c0"}});
  testing::writeFile(sample.run.metaFile(), "{");
  const auto snapshot = RunReader(sample.run).read();
  ASSERT_EQ(snapshot->damage.size(), 3u);
  EXPECT_NE(snapshot->damage[1].find("line 2"), std::string::npos);
  EXPECT_TRUE(std::isnan(snapshot->curves[0][0].trainLoss[1]));
  EXPECT_EQ(snapshot->curves[0][0].epochs(), 3);
}

TEST(Snapshot, StartsOverWhenTheRunWasResumed) {
  Sample sample(layoutOf(1, 2, 4, 10));
  sample.journal.append(epochRecord("c0", 1, 2));
  const uint64_t checkpoint = sample.journal.length();
  for (int epoch = 2; epoch <= 5; ++epoch) sample.journal.append(epochRecord("c0", epoch, 2));
  RunReader reader(sample.run);
  EXPECT_EQ(reader.read()->epoch, 5);
  JournalWriter resumed(sample.run.journalFile(), checkpoint);
  EXPECT_EQ(reader.read()->epoch, 1);
  resumed.append(epochRecord("c0", 2, 2));
  EXPECT_EQ(reader.read()->curves[0][1].epochs(), 2);
}

TEST(Snapshot, IsReadWhileTheRunIsWritten) {
  Sample sample(layoutOf(1, 3, 4, 400));
  std::jthread writer([&] {
    for (int epoch = 1; epoch <= 400; ++epoch) sample.journal.append(epochRecord("c0", epoch, 3));
  });
  RunReader reader(sample.run);
  int before = 0;
  while (before < 400) {
    const auto snapshot = reader.read();
    ASSERT_TRUE(snapshot->damage.empty()) << snapshot->damage.front();
    ASSERT_GE(snapshot->epoch, before);
    before = snapshot->epoch;
    ASSERT_EQ(snapshot->curves[0][2].epochs(), before);
  }
}

TEST(Snapshot, OfAThousandEpochsOfFiftyGroupsIsQuick) {
  Sample sample(layoutOf(1, 50, 20, 1000));
  for (int epoch = 1; epoch <= 1000; ++epoch) sample.journal.append(epochRecord("c0", epoch, 50));
  using Clock = std::chrono::steady_clock;
  const auto seconds = [](Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
  };
  RunReader reader(sample.run);
  auto start = Clock::now();
  EXPECT_EQ(reader.read()->epoch, 1000);
  const double whole = seconds(start);
  sample.journal.append(epochRecord("c0", 1001, 50));
  start = Clock::now();
  EXPECT_EQ(reader.read()->epoch, 1001);
  const double next = seconds(start);
  start = Clock::now();
  EXPECT_EQ(reader.read()->epoch, 1001);
  const double same = seconds(start);
  std::printf("snapshot of 1,000 epochs x 50 groups: %.1f ms whole, %.2f ms after one more, %.3f ms unchanged\n",
              1000 * whole, 1000 * next, 1000 * same);
  RecordProperty("whole_ms", std::to_string(1000 * whole));
  // Limits for a loaded machine; measured 15 times less.
  EXPECT_LT(whole, 2.0);
  EXPECT_LT(next, 0.2);
}

TEST(ProgressEstimate, CountsWaitingCohortsByTheirColumns) {
  RunLayout layout = layoutOf(2, 1, 10, 10);
  layout.cohorts[1].groups[0].parts[0].columnCount = 30;
  const ProgressEstimate estimate = estimateProgress(layout, {{9.0, 1.0, 1.0}, {}}, 0);
  EXPECT_DOUBLE_EQ(estimate.secondsPerEpoch, 1.0);
  EXPECT_DOUBLE_EQ(estimate.secondsLeft.value(), 7 + 10 * 3.0);
  EXPECT_DOUBLE_EQ(estimate.fraction, 30.0 / 400);
  EXPECT_FALSE(estimateProgress(layout, {{}, {}}, -1).secondsLeft.has_value());
}

}  // namespace
}  // namespace corticast
