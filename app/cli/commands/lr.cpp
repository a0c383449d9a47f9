#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/linalg/device.h"
#include "core/training/lr_finder.h"
#include "core/training/plan.h"

namespace corticast::cli {
namespace {

struct LrCommand {
  std::string plan;
  std::string workspace;
  std::string group;
  std::string device;
  LrSearch search;
  bool isJson = false;
};

size_t chosenGroup(const std::vector<TargetGroup>& groups, const std::string& id) {
  if (id.empty()) return 0;
  const auto found = std::ranges::find(groups, id, &TargetGroup::id);
  if (found != groups.end()) return static_cast<size_t>(found - groups.begin());
  std::vector<std::string> ids;
  for (const TargetGroup& each : groups) ids.push_back(each.id);
  throw Error({.what = "choose a target group",
               .where = id,
               .why = "the plan has none with this id",
               .remedy = "it has " + join(ids, ", ")});
}

void print(const TargetGroup& group, const LrCurve& curve) {
  std::printf("%s, %s\n%12s  %10s  %10s\n", group.id.c_str(), group.settings.architecture.c_str(), "rate", "loss",
              "smoothed");
  double lowest = curve.points.front().smoothed, highest = lowest;
  for (const LrPoint& point : curve.points) {
    lowest = std::min(lowest, point.smoothed);
    highest = std::max(highest, point.smoothed);
  }
  constexpr double kBar = 40;
  for (const LrPoint& point : curve.points) {
    const double part = highest > lowest ? (point.smoothed - lowest) / (highest - lowest) : 0;
    std::printf("%12.3e  %10.5f  %10.5f  %s%s\n", point.learningRate, point.loss, point.smoothed,
                std::string(static_cast<size_t>(part * kBar), ' ').c_str(),
                point.learningRate == curve.suggestion ? "* suggested" : "|");
  }
  if (curve.suggestion > 0)
    std::printf("suggestion: --set learningRate=%.2g\n", curve.suggestion);
  else
    std::printf("no suggestion: the loss did not fall in this range\n");
}

int findRate(const LrCommand& command, const Context& context) {
  Plan plan = readPlan(command.plan);
  if (!command.device.empty()) plan.device = command.device;
  const Study study = openStudy(plan.dataset);
  const TargetGroups cut = cutTargetGroups(plan, study);
  const size_t index = chosenGroup(cut.groups, command.group);
  const TargetGroup& group = cut.groups[index];
  auto cohorts = cohortsOf(cut.groups);
  Cohort& cohort = *std::ranges::find_if(
      cohorts, [&](const Cohort& each) { return std::ranges::find(each.groups, index) != each.groups.end(); });
  cohort.groups = {index};
  TrainerOptions options{
      .device = chooseDevice(plan.device), .threads = static_cast<unsigned>(plan.threads), .seed = plan.seed};
  const LrCurve curve = findLearningRate(prepareCohort(plan, study, cohort, cut.groups, command.workspace), group,
                                         options, command.search, context.stop);
  if (!command.isJson) {
    print(group, curve);
    return kDone;
  }
  Json points = Json::array();
  for (const LrPoint& point : curve.points)
    points.push_back({{"learning_rate", point.learningRate}, {"loss", point.loss}, {"smoothed", point.smoothed}});
  printJson({{"group", group.id},
             {"suggestion", curve.suggestion > 0 ? Json(curve.suggestion) : Json()},
             {"points", std::move(points)}});
  return kDone;
}

}  // namespace

void addLr(CLI::App& app) {
  auto options = std::make_shared<LrCommand>();
  CLI::App* command = addCommand(app, "lr", "Try learning rates on one target group of a plan and suggest one",
                                 [options](const Context& context) { return findRate(*options, context); });
  command->add_option("plan", options->plan, "Plan (plan.json)")->required();
  command->add_option("--workspace", options->workspace, "Folder that holds the embeddings")->required();
  command->add_option("--group", options->group, "Target group (\"subj01-lh-OFA\"); default: the plan's first");
  command->add_option("--device", options->device, "auto, cpu, cuda, cuda:N; in place of the plan's");
  command->add_option("--lowest", options->search.lowest, "Least learning rate tried")->capture_default_str();
  command->add_option("--highest", options->search.highest, "Largest learning rate tried")->capture_default_str();
  command->add_option("--steps", options->search.steps, "Minibatches, each at its own rate")->capture_default_str();
  command->add_flag("--json", options->isJson, "Print one JSON document");
}

}  // namespace corticast::cli
