#pragma once
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "core/base/progress.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_job.h"

namespace corticast {

/// How a worker ended, and what its process returns.
enum class WorkEnd {
  Done = 0,
  Failed = 1,         ///< the reason is in state.json; the run can be resumed
  Checkpointed = 75,  ///< asked to stop or pause (inbox, SIGTERM, SIGUSR1), saved
  Interrupted = 130,  ///< Ctrl+C, saved
};

struct WorkerOptions {
  std::stop_token interrupt = {};    ///< Ctrl+C
  std::function<int()> signal = {};  ///< number of a signal that asks for checkpoint and end (SIGTERM, ...), 0: none
  ProgressCallback progress = {};    ///< called from the worker's thread
  /// A checkpoint is due when this and so many times its cost have passed since the last one.
  std::chrono::duration<double> checkpointEvery{5.0};
  double costFactor = 10;
  /// Asked to end within an epoch, the epoch may take so long to get through before it is given up.
  std::chrono::duration<double> grace{0.4};
  std::string version = {};     ///< of the program, for start.json
  bool isOnlyIfQueued = false;  ///< do nothing (Done) unless state.json says queued
};

/// Works on a run until it is done or ends otherwise; goes on where an earlier worker of the run ended.
///
/// The newest good checkpoint is restored; what came after it (journal lines, epoch files) is discarded and computed
/// again, bit-identical on the same build, CPU type and thread count. A data set or embedding that changed since the
/// start is refused. All failures end as state "failed" with their reason.
///
/// Throws Error only when the run cannot be taken up at all (another worker is at it, it is no run folder): nothing
/// in the folder was changed then.
[[nodiscard]] WorkEnd work(const RunFolder& folder, const MakeJob& makeJob, const WorkerOptions& options);

}  // namespace corticast
