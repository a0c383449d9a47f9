#pragma once
#include "core/runs/inbox.h"
#include "core/runs/run_folder.h"

namespace corticast {

/// Asks for a change of a run, whoever works on it: while a worker is alive the request goes into its inbox,
/// otherwise state.json is changed at once (a queued or crashed run is paused or cancelled; a paused one cancelled).
/// Throws Error when the run is done, or for a checkpoint when nobody works on it.
void askRun(const RunFolder& run, RunRequest request);

inline void pauseRun(const RunFolder& run) {
  askRun(run, RunRequest::Pause);
}
/// Asks a living worker to save now and go on.
inline void checkpointRun(const RunFolder& run) {
  askRun(run, RunRequest::Checkpoint);
}
inline void stopRun(const RunFolder& run) {
  askRun(run, RunRequest::Stop);
}

/// Puts a paused, failed, cancelled or crashed run back into the queue; a queued or running one stays as it is.
/// Throws Error when it is done.
void resumeRun(const RunFolder& run);

/// Marks a run whose worker is gone as failed. Nothing happens when somebody works on it or it has ended already.
void markFailed(const RunFolder& run, const std::string& reason);

}  // namespace corticast
