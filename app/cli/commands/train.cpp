#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/worker_process.h"
#include "core/linalg/device.h"
#include "core/runs/run_snapshot.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"

namespace corticast::cli {
namespace {

struct TrainCommand {
  std::string plan;
  std::string workspace;
  std::string device;
  bool isJson = false;
};

int train(const TrainCommand& command, const Context& context) {
  Plan plan = readPlan(command.plan);
  plan.dataset = std::filesystem::absolute(plan.dataset).lexically_normal();
  if (!command.device.empty()) {
    plan.device = command.device;
    (void)chooseDevice(plan.device);
  }
  const Workspace workspace = Workspace::openOrCreate(command.workspace);
  // Not "queued": the workspace's queue must not take it up.
  const RunFolder run = workspace.createRun(toJson(plan), RunStatus::Running);
  if (!command.isJson) std::cout << run.id() << std::endl;
  const int exitCode = workOn(run, context, {.progress = context.progressLine()});
  if (command.isJson) {
    const auto snapshot = RunReader(run).read();
    printJson({{"run", run.id()},
               {"path", run.path().string()},
               {"status", toString(snapshot->state.status)},
               {"reason", snapshot->state.reason},
               {"correlation", std::isnan(snapshot->meanCorrelation) ? Json() : Json(snapshot->meanCorrelation)},
               {"seconds", snapshot->state.changed - snapshot->state.started}});
  }
  return exitCode;
}

}  // namespace

void addTrain(CLI::App& app) {
  auto options = std::make_shared<TrainCommand>();
  CLI::App* command = addCommand(app, "train", "Train a plan: makes a run, works on it, prints the run's id",
                                 [options](const Context& context) { return train(*options, context); });
  command->add_option("plan", options->plan, "Plan (plan.json)")->required();
  command->add_option("--workspace", options->workspace, "Folder for runs; made when missing")->required();
  command->add_option("--device", options->device, "auto, cpu, cuda, cuda:N; in place of the plan's");
  command->add_flag("--json", options->isJson, "Print one JSON document when it ends");
}

}  // namespace corticast::cli
