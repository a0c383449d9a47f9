#pragma once
#include "app/cli/command.h"
#include "core/runs/run_folder.h"
#include "core/runs/worker.h"

namespace corticast::cli {

/// Makes this process the worker of a run (runs/worker.h): SIGTERM and SIGUSR1 ask for a checkpoint and the end,
/// Ctrl+C likewise. Says on stderr why a run failed or ended early. Returns the process's exit code.
int workOn(const RunFolder& folder, const Context& context, WorkerOptions options);

}  // namespace corticast::cli
