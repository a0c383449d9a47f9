#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/runs/checkpoint_store.h"
#include "core/runs/journal.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_job.h"
#include "core/runs/run_watch.h"
#include "core/runs/worker.h"

namespace corticast {

/// Where a run stands; part of every checkpoint.
struct RunPosition {
  size_t cohort = 0;             ///< being trained
  int epoch = 0;                 ///< of that cohort, done
  bool isCohortThrough = false;  ///< its models and results are written
  uint64_t step = 0;             ///< epochs over all cohorts
  uint64_t journalLength = 0;
};

/// Trains a run's cohorts one after another, from the newest good checkpoint to the finished files.
class RunLoop {
 public:
  /// Restores: loads the checkpoint, cuts the journal to it and removes what came later.
  RunLoop(const RunFolder& folder, RunJob& job, RunWatch& watch, const WorkerOptions& options);

  [[nodiscard]] JournalWriter& journal() { return *m_journal; }
  /// An event, in the journal and in the log.
  void note(const std::string& level, const std::string& text);
  /// Throws Cancelled when the watch asks to end; everything worth keeping is saved then.
  void run();

 private:
  using Clock = std::chrono::steady_clock;

  void restore();
  void discardLaterFiles() const;
  void trainCohort(size_t index);
  void runEpoch(CohortJob& cohort);
  void takeGroups(const EpochResult& result);
  void finishCohort(CohortJob& cohort);
  void finishRun();
  void saveCheckpoint(const Trainer* trainer);
  void endIfAsked(const Trainer* trainer);
  void stage(const std::string& name, const std::string& cohort);
  void reportProgress(const std::string& stage);
  [[nodiscard]] const RunCohort& cohort() const;

  const RunFolder& m_folder;
  RunJob& m_job;
  RunWatch& m_watch;
  const WorkerOptions& m_options;
  CheckpointStore m_checkpoints;
  std::unique_ptr<JournalWriter> m_journal;
  RunPosition m_position;
  TrainerState m_restored;  ///< of the checkpoint's cohort, until that is opened
  std::vector<GroupState> m_states;
  std::vector<int> m_bestEpochs;  ///< of the cohort's groups
  std::optional<double> m_score;
  std::optional<uint64_t> m_savedStep;
  CheckpointCost m_cost;
  Clock::time_point m_saved;
  std::vector<std::vector<double>> m_epochSeconds;
};

/// The journal's record of an epoch.
[[nodiscard]] Json epochRecord(const std::string& cohort, const EpochResult& result, double seconds);

}  // namespace corticast
