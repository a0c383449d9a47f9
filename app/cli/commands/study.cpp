#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/runs/queue.h"
#include "core/runs/run_snapshot.h"
#include "core/training/study_plan.h"
#include "core/training/target_group.h"

namespace corticast::cli {
namespace {

struct StudyCommand {
  std::string file;
  std::string dataset;
  std::string workspace;
  std::string device;
  std::vector<std::string> subjects;
  std::vector<std::string> presets;
  std::vector<std::string> embeddings;
  std::vector<std::string> settings;
  bool onlyPlans = false;
  bool isJson = false;
};

// "gabor" stands in for every row's embedding, "sam-vit-b=alexnet:features.2" for one.
std::string replaced(const std::string& wanted, const std::vector<std::string>& replacements) {
  std::string chosen = wanted;
  for (const std::string& each : replacements) {
    const size_t equals = each.find('=');
    if (equals == std::string::npos)
      chosen = each;
    else if (each.substr(0, equals) == wanted)
      return each.substr(equals + 1);
  }
  return chosen;
}

std::vector<Plan> plansOf(const StudyCommand& command) {
  const StudyPlan study = command.file.empty() ? studyPlans().front() : readStudyPlan(command.file);
  std::vector<Plan> plans;
  for (StudyRow row : study.rows) {
    if (!command.presets.empty() && std::ranges::find(command.presets, row.preset) == command.presets.end()) continue;
    row.embedding = replaced(row.embedding, command.embeddings);
    Plan plan = planOf(row, std::filesystem::absolute(command.dataset).lexically_normal());
    plan.subjects = command.subjects;
    if (!command.device.empty()) plan.device = command.device;
    setInPlan(plan, command.settings);
    plans.push_back(planFromJson(toJson(plan), study.name + ", " + row.name));
  }
  if (plans.empty())
    throw Error({.what = "choose rows of the study plan",
                 .where = study.name,
                 .why = "it has none with preset " + join(command.presets, ", "),
                 .remedy = "see `corticast-cli study --plans` for its rows"});
  return plans;
}

// Whatever would fail later is said before anything is started.
void check(const Plan& plan, const Study& study, const Workspace& workspace) {
  (void)cutTargetGroups(plan, study);
  const GroupSettings settings = defaultSettings(plan);
  for (const Subject& subject : study.subjects) {
    const bool isWanted = plan.subjects.empty() || std::ranges::find(plan.subjects, subject.id) != plan.subjects.end();
    if (!isWanted || !settings.embedding.empty()) continue;
    if (findEmbedding(workspace.root(), settings.backbone, settings.layer, subject)) continue;
    const std::string wanted = settings.backbone + (settings.layer.empty() ? "" : ":" + settings.layer);
    throw Error({.what = "start the study's row '" + plan.name + "'",
                 .where = workspace.root().string(),
                 .why = "there is no embedding of " + subject.id + " by " + wanted,
                 .remedy = "make it with `corticast-cli embed`, or name another with --embedding " + wanted + "=..."});
  }
}

Json rowOf(const RunSnapshot& run) {
  return {{"run", run.id},
          {"name", run.meta.name.empty() ? run.plan->value("name", std::string()) : run.meta.name},
          {"preset", run.plan->value("preset", std::string())},
          {"status", toString(run.state.status)},
          {"reason", run.state.reason},
          {"models", run.layout ? Json(run.layout->groupCount()) : Json()},
          {"seconds", run.state.finished > 0 ? Json(run.state.finished - run.state.started) : Json()},
          {"memory_bytes", run.memoryBytes},
          {"correlation", std::isnan(run.meanCorrelation) ? Json() : Json(run.meanCorrelation)}};
}

void printRows(const Json& rows) {
  std::cout << std::left << std::setw(32) << "experiment" << std::setw(11) << "status" << std::right << std::setw(7)
            << "models" << std::setw(12) << "time" << std::setw(10) << "memory" << std::setw(8) << "r"
            << "  run\n";
  for (const Json& row : rows)
    std::cout << std::left << std::setw(32) << row["name"].get<std::string>() << std::setw(11)
              << row["status"].get<std::string>() << std::right << std::setw(7)
              << (row["models"].is_null() ? "-" : row["models"].dump()) << std::setw(12)
              << (row["seconds"].is_null() ? "-" : fixed(row["seconds"].get<double>(), 1) + " s") << std::setw(10)
              << byteSize(row["memory_bytes"].get<uint64_t>()) << std::setw(8)
              << (row["correlation"].is_null() ? "-" : fixed(row["correlation"].get<double>(), 3)) << "  "
              << row["run"].get<std::string>() << "\n";
}

int trainStudy(const StudyCommand& command, const Context& context) {
  const std::vector<Plan> plans = plansOf(command);
  const Study study = openStudy(command.dataset);
  if (command.onlyPlans) {
    Json all = Json::array();
    for (const Plan& plan : plans) all.push_back(toJson(plan));
    printJson(all);
    return kDone;
  }
  if (command.workspace.empty())
    throw Error({.what = "train a study plan",
                 .where = "command line",
                 .why = "no workspace is named",
                 .remedy = "add --workspace DIR, or --plans to only see the plans"});
  const Workspace workspace = Workspace::openOrCreate(command.workspace);
  for (const Plan& plan : plans) check(plan, study, workspace);
  RunQueue queue(workspace, findCli());
  std::vector<RunFolder> runs;
  for (const Plan& plan : plans) runs.push_back(workspace.createRun(toJson(plan)));
  log::setConsoleLevel(log::Level::Info);
  if (queue.isRunning()) {
    say("queued " + std::to_string(runs.size()) + " runs: the queue that is at work already takes them up");
    return kDone;
  }
  if (readQueueSettings(workspace).isPaused) say("the workspace's queue is paused: the runs wait until it is resumed");
  queue.run(context.stop);
  Json rows = Json::array();
  bool areAllDone = true;
  for (const RunFolder& run : runs) {
    const auto snapshot = RunReader(run).read();
    areAllDone = areAllDone && snapshot->state.status == RunStatus::Done;
    rows.push_back(rowOf(*snapshot));
  }
  if (command.isJson)
    printJson(rows);
  else
    printRows(rows);
  if (context.stop.stop_requested()) return kCancelled;
  return areAllDone ? kDone : kFailed;
}

}  // namespace

void addStudy(CLI::App& app) {
  auto options = std::make_shared<StudyCommand>();
  CLI::App* command =
      addCommand(app, "study", "Train every row of a published study, one after another, through the workspace's queue",
                 [options](const Context& context) { return trainStudy(*options, context); });
  command->add_option("file", options->file, "Study plan (default: Chimisso et al. 2023, all presets)");
  command->add_option("--dataset", options->dataset, "Folder of the study's data")->required();
  command->add_option("--workspace", options->workspace, "Folder of embeddings and runs; made when missing");
  command->add_option("--subject", options->subjects, "Only this subject; may be repeated")->allow_extra_args(false);
  command->add_option("--only", options->presets, "Only rows of this preset; may be repeated")->allow_extra_args(false);
  command
      ->add_option("--embedding", options->embeddings,
                   "In place of every row's embedding: a folder, BACKBONE or BACKBONE:LAYER; WANTED=EMBEDDING: in "
                   "place of this one; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--set", options->settings, "KEY=VALUE for every row, as `plan --set`; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--device", options->device, "auto, cpu, cuda, cuda:N");
  command->add_flag("--plans", options->onlyPlans, "Print the rows' plans as JSON and train nothing");
  command->add_flag("--json", options->isJson, "Print one JSON document when it ends");
}

}  // namespace corticast::cli
