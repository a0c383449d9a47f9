#include "app/cli/worker_process.h"

#include <atomic>
#include <csignal>

#include "core/base/log.h"
#include "core/runs/study_job.h"
#include "core/runs/workspace.h"

namespace corticast::cli {
namespace {

std::atomic<int> askedBy{0};

void onRequest(int number) {
  askedBy = number;
}

}  // namespace

int workOn(const RunFolder& folder, const Context& context, WorkerOptions options) {
  for (const int number : {SIGTERM, SIGUSR1}) std::signal(number, onRequest);
  // A file that grows beyond a limit is an error like any other, not the end of the process.
  std::signal(SIGXFSZ, SIG_IGN);
  // What a worker logs is in log.txt; its last word comes below.
  log::setConsoleLevel(log::Level::Off);
  options.interrupt = context.stop;
  options.signal = [] { return askedBy.load(); };
  options.version = CORTICAST_VERSION;
  const WorkEnd end = work(folder, studyJobs(workspaceOf(folder).root()), options);
  const RunState state = folder.readState();
  if (end == WorkEnd::Failed) say("error: " + state.reason);
  if (end == WorkEnd::Checkpointed || end == WorkEnd::Interrupted) say(state.reason + "; resume run " + folder.id());
  return static_cast<int>(end);
}

}  // namespace corticast::cli
