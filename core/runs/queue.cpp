#include "core/runs/queue.h"

#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/error.h"
#include "core/base/log.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{200};
constexpr int kMostParallel = 64;

fs::path settingsFile(const Workspace& workspace) {
  return workspace.root() / "queue" / "settings.json";
}

std::string whyEnded(int status) {
  if (WIFEXITED(status))
    return "its worker ended with code " + std::to_string(WEXITSTATUS(status)) + " before it began; log.txt has more";
  const int number = WTERMSIG(status);
  const char* name = ::sigabbrev_np(number);
  std::string reason = "its worker was ended by " + (name ? std::string("SIG") + name : std::to_string(number));
  if (number == SIGKILL) reason += "; often the system had no memory left";
  return reason + ". It can be resumed from its last checkpoint";
}

std::optional<RunState> stateOf(const RunFolder& run) {
  try {
    return run.readState();
  } catch (const Error&) {
    return {};
  }
}

bool isAtWorkHere(const RunFolder& run) {
  const LeaseStatus lease = leaseOf(run.path());
  return lease.isHeld && lease.holder.host == thisProcess().host && lease.holder.slurmJob.empty();
}

}  // namespace

QueueSettings readQueueSettings(const Workspace& workspace) {
  const fs::path file = settingsFile(workspace);
  if (!fs::exists(file)) return {};
  const Json json = readJsonFile(file);
  try {
    return {.parallel = std::clamp(json.value("parallel", 1), 1, kMostParallel),
            .isPaused = json.value("isPaused", false)};
  } catch (const nlohmann::json::exception& wrong) {
    throw Error(ErrorParts{.what = "read settings of the queue",
                           .where = file.string(),
                           .why = wrong.what(),
                           .remedy = "correct the file or remove it"});
  }
}

void writeQueueSettings(const Workspace& workspace, const QueueSettings& settings) {
  fs::create_directories(settingsFile(workspace).parent_path());
  writeJsonFile(settingsFile(workspace), Json{{"parallel", settings.parallel}, {"isPaused", settings.isPaused}});
}

RunQueue::RunQueue(Workspace workspace, fs::path cli) : m_workspace(std::move(workspace)), m_cli(std::move(cli)) {}

bool RunQueue::isRunning() const {
  return leaseOf(folder()).isHeld;
}

bool RunQueue::hasWork() const {
  if (readQueueSettings(m_workspace).isPaused) return false;
  const std::vector<RunFolder> runs = m_workspace.runs();
  return std::any_of(runs.begin(), runs.end(), [&](const RunFolder& run) {
    if (m_done.contains(run.id())) return false;
    const auto state = stateOf(run);
    return state && state->status == RunStatus::Queued;
  });
}

void RunQueue::ensureRunning() const {
  if (isRunning() || !hasWork()) return;
  fs::create_directories(folder());
  spawnAndForget({m_cli.string(), "queue", "--workspace", m_workspace.root().string()}, folder() / "log.txt");
}

void RunQueue::start(const RunFolder& run) {
  m_workers[spawnDetached({m_cli.string(), "work", run.path().string(), "--queued"}, run.logFile())] = run.path();
  log::info("started " + run.id());
}

void RunQueue::startWorkers() {
  const QueueSettings settings = readQueueSettings(m_workspace);
  std::vector<RunFolder> queued;
  m_active = m_workers.size();
  for (const RunFolder& run : m_workspace.runs()) {
    if (m_done.contains(run.id())) continue;
    const auto state = stateOf(run);
    if (!state) continue;
    if (state->status == RunStatus::Done) m_done.insert(run.id());
    const bool isMine = std::any_of(m_workers.begin(), m_workers.end(),
                                    [&](const auto& worker) { return worker.second == run.path(); });
    if (isMine) continue;
    if (state->status == RunStatus::Queued) queued.push_back(run);
    if (state->status == RunStatus::Running && isAtWorkHere(run)) ++m_active;
  }
  if (settings.isPaused) return;
  for (const RunFolder& run : queued) {
    if (m_active >= static_cast<size_t>(settings.parallel)) return;
    start(run);
    ++m_active;
  }
}

void RunQueue::reapWorkers() {
  for (auto worker = m_workers.begin(); worker != m_workers.end();) {
    int status = 0;
    if (::waitpid(worker->first, &status, WNOHANG) == 0) {
      ++worker;
      continue;
    }
    const RunFolder run(worker->second);
    worker = m_workers.erase(worker);
    const auto state = stateOf(run);
    const bool hasNotBegun = state && state->status == RunStatus::Queued && !leaseOf(run.path()).isHeld;
    const bool wasKilled = state && state->status == RunStatus::Running && WIFSIGNALED(status);
    if (hasNotBegun || wasKilled) markFailed(run, whyEnded(status));
  }
}

void RunQueue::workUntilIdle(const Lease& lease, const std::stop_token& stop) {
  auto heartbeat = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    reapWorkers();
    startWorkers();
    if (m_active == 0) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - heartbeat >= Lease::kHeartbeat) {
      heartbeat = now;
      if (!lease.heartbeat()) return;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

void RunQueue::run(std::stop_token stop) {
  fs::create_directories(folder());
  std::optional<Lease> lease(Lease::claim(folder()));
  for (;;) {
    workUntilIdle(*lease, stop);
    lease.reset();
    // A run that was queued while this queue was about to end would wait for nobody.
    if (stop.stop_requested() || !hasWork()) return;
    if (auto again = Lease::tryClaim(folder())) lease.emplace(std::move(*again));
    if (!lease) return;
  }
}

}  // namespace corticast
