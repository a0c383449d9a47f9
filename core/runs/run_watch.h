#pragma once
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/runs/lease.h"
#include "core/runs/worker.h"

namespace corticast {

/// Why a worker is to end before its run is done.
struct EndRequest {
  RunStatus status = RunStatus::Paused;
  WorkEnd end = WorkEnd::Checkpointed;
  std::string reason;
};

/// The worker's second thread: heartbeat of the lease, requests from the inbox, signals.
///
///     worker                       watch (every 50 ms)
///     runEpoch(watch.stopToken())  <- stop requested `grace` after the request came
///     watch.endRequest()           <- pause | stop | signal | Ctrl+C | lease lost
///     watch.takeCheckpointRequest()
class RunWatch {
 public:
  RunWatch(const RunFolder& folder, const Lease& lease, const WorkerOptions& options);

  [[nodiscard]] std::optional<EndRequest> endRequest() const;
  [[nodiscard]] bool takeCheckpointRequest() { return m_checkpoint.exchange(false); }
  [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }
  /// Somebody else took the run over: nothing may be written any more.
  [[nodiscard]] bool isLeaseLost() const { return m_leaseLost; }

 private:
  void watch(const std::stop_token& ended);
  void look();
  void ask(EndRequest request);

  const RunFolder& m_folder;
  const Lease& m_lease;
  const WorkerOptions& m_options;
  mutable std::mutex m_mutex;
  std::optional<EndRequest> m_request;
  std::chrono::steady_clock::time_point m_requested;
  std::chrono::steady_clock::time_point m_heartbeat;
  std::chrono::steady_clock::time_point m_inboxRead;
  std::atomic<bool> m_checkpoint{false};
  std::atomic<bool> m_leaseLost{false};
  std::stop_source m_stop;
  std::jthread m_thread;
};

}  // namespace corticast
