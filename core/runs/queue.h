#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <stop_token>
#include <string>

#include "core/runs/lease.h"
#include "core/runs/run_control.h"
#include "core/runs/spawn.h"
#include "core/runs/workspace.h"

namespace corticast {

/// queue/settings.json of a workspace.
struct QueueSettings {
  int parallel = 1;  ///< runs worked on at the same time, 1..64
  bool isPaused = false;
};
/// Defaults where there is no such file. Throws Error when it is damaged.
[[nodiscard]] QueueSettings readQueueSettings(const Workspace& workspace);
void writeQueueSettings(const Workspace& workspace, const QueueSettings& settings);

/// Starts the queued runs of a workspace one after another, oldest first, each in its own worker process
/// (`corticast-cli work RUN`) that outlives whoever started it. At most one queue is at work per workspace (a lease
/// in <workspace>/queue), so two windows do not start twice as much.
///
///     workspace.createRun(plan);                     // waits as "queued"
///     RunQueue(workspace, findCli()).ensureRunning();
class RunQueue {
 public:
  RunQueue(Workspace workspace, std::filesystem::path cli);

  /// Starts `corticast-cli queue --workspace WS` detached, unless one is at work or nothing is queued. It goes on when
  /// the window closes, and ends when nothing is left to do.
  void ensureRunning() const;
  [[nodiscard]] bool isRunning() const;

  /// Does the work of that process: returns when no run is queued (or the queue is paused) and none of its workers is
  /// alive, or when asked to stop; workers go on then. Throws Error when another queue is at work.
  /// A worker that was killed leaves its run as failed, with the reason.
  void run(std::stop_token stop);

 private:
  [[nodiscard]] std::filesystem::path folder() const { return m_workspace.root() / "queue"; }
  [[nodiscard]] bool hasWork() const;
  void workUntilIdle(const Lease& lease, const std::stop_token& stop);
  void startWorkers();
  void reapWorkers();
  void start(const RunFolder& run);

  Workspace m_workspace;
  std::filesystem::path m_cli;
  std::map<int, std::filesystem::path> m_workers;  ///< process -> run folder
  std::set<std::string> m_done;                    ///< ids that need no second look
  size_t m_active = 0;                             ///< runs of this host at work
};

}  // namespace corticast
