#include <cmath>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/runs/queue.h"
#include "core/runs/run_snapshot.h"
#include "core/runs/workspace.h"

namespace corticast::cli {
namespace {

struct RunsCommand {
  std::string workspace;
  bool isJson = false;
};

std::string statusOf(const RunSnapshot& run) {
  return run.isCrashed ? "crashed" : toString(run.state.status);
}

Json rowOf(const RunSnapshot& run) {
  return {{"run", run.id},
          {"path", run.path.string()},
          {"name", run.meta.name},
          {"note", run.meta.note},
          {"status", statusOf(run)},
          {"reason", run.state.reason},
          {"fraction", run.fraction},
          {"epoch", run.epoch},
          {"seconds_left", run.secondsLeft ? Json(*run.secondsLeft) : Json()},
          {"correlation", std::isnan(run.meanCorrelation) ? Json() : Json(run.meanCorrelation)},
          {"groups", run.layout ? Json(run.layout->groupCount()) : Json()},
          {"worker", run.worker},
          {"created", run.state.created},
          {"finished", run.state.finished > 0 ? Json(run.state.finished) : Json()}};
}

void printTable(const std::vector<std::shared_ptr<const RunSnapshot>>& runs) {
  std::cout << std::left << std::setw(28) << "run" << std::setw(11) << "status" << std::right << std::setw(6) << "done"
            << std::setw(7) << "epoch" << std::setw(8) << "r" << std::setw(13) << "left"
            << "  name\n";
  for (const auto& run : runs)
    std::cout << std::left << std::setw(28) << run->id << std::setw(11) << statusOf(*run) << std::right << std::setw(6)
              << fixed(100 * run->fraction, 0) + " %" << std::setw(7) << run->epoch << std::setw(8)
              << (std::isnan(run->meanCorrelation) ? "-" : fixed(run->meanCorrelation, 3)) << std::setw(13)
              << (run->secondsLeft ? duration(*run->secondsLeft) : "") << "  " << run->meta.name
              << (run->state.reason.empty() ? "" : " (" + run->state.reason + ")") << "\n";
}

int listRuns(const RunsCommand& command) {
  std::vector<std::shared_ptr<const RunSnapshot>> runs;
  for (const RunFolder& folder : Workspace::open(command.workspace).runs()) {
    try {
      runs.push_back(RunReader(folder).read());
    } catch (const Error& damaged) {
      say("warning: " + std::string(damaged.what()));
    }
  }
  if (!command.isJson) {
    printTable(runs);
    return kDone;
  }
  Json rows = Json::array();
  for (const auto& run : runs) rows.push_back(rowOf(*run));
  printJson(rows);
  return kDone;
}

struct ControlCommand {
  std::string workspace;
  std::vector<std::string> runs;
};

// pause, stop, checkpoint and resume take the same arguments.
void addControl(CLI::App& app, const std::string& name, const std::string& help, void (*apply)(const RunFolder&)) {
  auto options = std::make_shared<ControlCommand>();
  CLI::App* command = addCommand(app, name, help, [options, apply](const Context&) {
    for (const std::string& run : options->runs) {
      const bool isFolder = options->workspace.empty();
      apply(isFolder ? RunFolder(std::filesystem::absolute(run)) : Workspace::open(options->workspace).find(run));
    }
    return kDone;
  });
  command->add_option("runs", options->runs, "Run folders, or with --workspace ids or names")->required();
  command->add_option("--workspace", options->workspace, "Where to look for ids and names");
}

void resumeAndStart(const RunFolder& run) {
  resumeRun(run);
  RunQueue(workspaceOf(run), findCli()).ensureRunning();
}

}  // namespace

void addRuns(CLI::App& app) {
  auto options = std::make_shared<RunsCommand>();
  CLI::App* command =
      addCommand(app, "runs", "List the runs of a workspace", [options](const Context&) { return listRuns(*options); });
  command->add_option("--workspace", options->workspace, "Folder of the runs")->required();
  command->add_flag("--json", options->isJson, "Print one JSON document");
  addControl(app, "pause", "Ask runs to save and wait", pauseRun);
  addControl(app, "stop", "Ask runs to save and end", stopRun);
  addControl(app, "checkpoint", "Ask runs to save and go on", checkpointRun);
  addControl(app, "resume", "Put runs back into the queue and start it", resumeAndStart);
}

}  // namespace corticast::cli
