#include <unistd.h>

#include <fstream>
#include <memory>

#include "app/cli/command.h"
#include "core/base/log.h"
#include "core/runs/queue.h"

namespace corticast::cli {
namespace {

// Queued training makes way for the window and for whatever else a person does on this machine; alone it is as fast.
constexpr int kPoliteness = 7;

void makeWay() {
  [[maybe_unused]] const int priority = ::nice(kPoliteness);
  // Linux desktops share the processor between sessions first, and the queue is a session of its own.
  std::ofstream("/proc/self/autogroup") << kPoliteness;
}

struct QueueCommand {
  std::string workspace;
  int parallel = 0;
};

}  // namespace

void addQueue(CLI::App& app) {
  auto options = std::make_shared<QueueCommand>();
  CLI::App* command = addCommand(app, "queue", "Start the queued runs of a workspace one after another",
                                 [options](const Context& context) {
                                   const Workspace workspace = Workspace::open(options->workspace);
                                   if (options->parallel > 0) {
                                     QueueSettings settings = readQueueSettings(workspace);
                                     settings.parallel = options->parallel;
                                     writeQueueSettings(workspace, settings);
                                   }
                                   log::setConsoleLevel(log::Level::Info);
                                   makeWay();
                                   RunQueue(workspace, findCli()).run(context.stop);
                                   return context.stop.stop_requested() ? kCancelled : kDone;
                                 });
  command->add_option("--workspace", options->workspace, "Folder of the runs")->required();
  command->add_option("--parallel", options->parallel, "Runs worked on at the same time; kept for later")
      ->check(CLI::Range(1, 64));
}

}  // namespace corticast::cli
