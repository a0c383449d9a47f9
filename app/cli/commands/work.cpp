#include <memory>

#include "app/cli/worker_process.h"

namespace corticast::cli {
namespace {

struct WorkCommand {
  std::string run;
  double checkpointSeconds = 5;
  double costFactor = 10;
  bool isQueued = false;
};

}  // namespace

void addWork(CLI::App& app) {
  auto options = std::make_shared<WorkCommand>();
  CLI::App* command = addCommand(
      app, "work", "Work on a run until it is done; goes on where it ended", [options](const Context& context) {
        WorkerOptions worker{.progress = options->isQueued ? ProgressCallback() : context.progressLine()};
        worker.checkpointEvery = std::chrono::duration<double>(options->checkpointSeconds);
        worker.costFactor = options->costFactor;
        worker.isOnlyIfQueued = options->isQueued;
        return workOn(RunFolder(std::filesystem::absolute(options->run).lexically_normal()), context, worker);
      });
  command->add_option("run", options->run, "The run's folder (<workspace>/runs/<id>)")->required();
  command->add_option("--checkpoint-every", options->checkpointSeconds, "Least seconds between checkpoints")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--checkpoint-cost", options->costFactor, "... and least multiple of what one costs")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--queued", options->isQueued, "Do nothing unless the run is queued; no progress line");
}

}  // namespace corticast::cli
