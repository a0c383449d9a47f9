#include "core/runs/run_watch.h"

#include <csignal>
#include <cstring>

#include "core/runs/inbox.h"

namespace corticast {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{50};
constexpr milliseconds kInboxEvery{200};

std::string signalName(int number) {
  const char* name = ::sigabbrev_np(number);
  return name ? std::string("SIG") + name : "signal " + std::to_string(number);
}

}  // namespace

RunWatch::RunWatch(const RunFolder& folder, const Lease& lease, const WorkerOptions& options)
    : m_folder(folder),
      m_lease(lease),
      m_options(options),
      m_heartbeat(Clock::now()),
      m_thread([this](const std::stop_token& ended) { watch(ended); }) {}

std::optional<EndRequest> RunWatch::endRequest() const {
  const std::scoped_lock lock(m_mutex);
  return m_request;
}

void RunWatch::ask(EndRequest request) {
  const std::scoped_lock lock(m_mutex);
  if (m_request) return;
  m_request = std::move(request);
  m_requested = Clock::now();
}

void RunWatch::look() {
  const auto now = Clock::now();
  if (m_options.interrupt.stop_requested())
    ask({.status = RunStatus::Paused, .end = WorkEnd::Interrupted, .reason = "interrupted (Ctrl+C)"});
  if (const int number = m_options.signal ? m_options.signal() : 0)
    ask({.status = RunStatus::Paused, .end = WorkEnd::Checkpointed, .reason = "asked to end by " + signalName(number)});
  if (now - m_heartbeat >= Lease::kHeartbeat) {
    m_heartbeat = now;
    if (!m_lease.heartbeat()) {
      m_leaseLost = true;
      ask({.status = RunStatus::Failed, .end = WorkEnd::Failed, .reason = "another worker took the run over"});
      m_stop.request_stop();
    }
  }
  if (now - m_inboxRead < kInboxEvery) return;
  m_inboxRead = now;
  while (const auto request = takeRequest(m_folder.inbox())) {
    if (*request == RunRequest::Checkpoint) m_checkpoint = true;
    if (*request == RunRequest::Pause) ask({.status = RunStatus::Paused, .reason = "paused on request"});
    if (*request == RunRequest::Stop) ask({.status = RunStatus::Cancelled, .reason = "stopped on request"});
  }
}

void RunWatch::watch(const std::stop_token& ended) {
  while (!ended.stop_requested()) {
    look();
    if (endRequest() && Clock::now() - m_requested >= m_options.grace) m_stop.request_stop();
    std::this_thread::sleep_for(kLookEvery);
  }
}

}  // namespace corticast
