#include "core/runs/run_control.h"

#include "core/base/error.h"
#include "core/runs/lease.h"

namespace corticast {
namespace {

void setStatus(const RunFolder& run, RunState state, RunStatus status, const std::string& reason) {
  state.status = status;
  state.reason = reason;
  state.changed = unixSeconds();
  state.finished = status == RunStatus::Failed || status == RunStatus::Cancelled ? state.changed : 0;
  run.writeState(state);
}

[[noreturn]] void refuse(const std::string& what, const RunFolder& run, const std::string& why,
                         const std::string& remedy) {
  throw Error(ErrorParts{.what = what, .where = run.path().string(), .why = why, .remedy = remedy});
}

}  // namespace

void askRun(const RunFolder& run, RunRequest request) {
  const std::string what = toString(request) + " run";
  // The lease keeps a worker from taking the run up between the look at its state and the change.
  const auto lease = Lease::tryClaim(run.path());
  if (!lease) {
    postRequest(run.inbox(), request);
    return;
  }
  const RunState state = run.readState();
  if (state.status == RunStatus::Done) refuse(what, run, "it is done", "nothing is left to ask of it");
  if (request == RunRequest::Checkpoint) refuse(what, run, "nobody works on it", "resume the run first");
  const bool isWaiting = state.status == RunStatus::Queued || state.status == RunStatus::Running;
  if (request == RunRequest::Pause && isWaiting) setStatus(run, state, RunStatus::Paused, "paused on request");
  if (request == RunRequest::Stop && (isWaiting || state.status == RunStatus::Paused))
    setStatus(run, state, RunStatus::Cancelled, "stopped on request");
}

void resumeRun(const RunFolder& run) {
  const auto lease = Lease::tryClaim(run.path());
  if (!lease) return;
  const RunState state = run.readState();
  if (state.status == RunStatus::Done) refuse("resume run", run, "it is done", "train the plan again for another run");
  if (state.status != RunStatus::Queued) setStatus(run, state, RunStatus::Queued, "");
}

void markFailed(const RunFolder& run, const std::string& reason) {
  const auto lease = Lease::tryClaim(run.path());
  if (!lease) return;
  const RunState state = run.readState();
  if (state.status == RunStatus::Queued || state.status == RunStatus::Running)
    setStatus(run, state, RunStatus::Failed, reason);
}

}  // namespace corticast
