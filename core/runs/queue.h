#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/runs/run_folder.h"
#include "core/runs/workspace.h"

namespace corticast {

/// Asks for a change of a run, whoever works on it: while a worker is alive the request goes into its inbox,
/// otherwise state.json is changed at once (a waiting run is paused or cancelled). Throws Error when the run is
/// done already.
void pauseRun(const RunFolder& run);
void stopRun(const RunFolder& run);
/// Asks a living worker for a checkpoint now; throws Error when there is none.
void checkpointRun(const RunFolder& run);
/// Puts a paused, failed, cancelled or crashed run back into the queue; a queued or running one stays as it is.
void resumeRun(const RunFolder& run);

/// queue.json of a workspace.
struct QueueSettings {
  int parallel = 1;  ///< runs worked on at the same time
  bool isPaused = false;
};
[[nodiscard]] QueueSettings readQueueSettings(const Workspace& workspace);
void writeQueueSettings(const Workspace& workspace, const QueueSettings& settings);

/// Starts the queued runs of a workspace one after another, each in its own worker process
/// (`corticast-cli work RUN`) that outlives whoever started it. At most one queue is at work per workspace (a lease
/// in <workspace>/queue), so two windows do not start twice as much.
class RunQueue {
 public:
  RunQueue(Workspace workspace, std::filesystem::path cli);

  /// Starts `corticast-cli queue --workspace WS` detached, unless one is at work or nothing is queued. It goes on when
  /// the window closes, and ends when nothing is left to do.
  void ensureRunning() const;
  [[nodiscard]] bool isRunning() const;

  /// Does the work of that process: returns when no run is queued and none of its workers is alive, or when asked
  /// to stop (the workers go on). Throws Error when another queue is at work.
  void run(std::stop_token stop);

 private:
  void startWorkers();
  void reapWorkers();

  Workspace m_workspace;
  std::filesystem::path m_cli;
  std::map<std::string, int> m_workers;  ///< run id -> process
};

/// The corticast-cli that belongs to the running program: $CORTICAST_CLI, or beside it. Throws Error when missing.
[[nodiscard]] std::filesystem::path findCli();

}  // namespace corticast
