#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/data/study.h"
#include "core/training/plan.h"
#include "core/training/presets.h"
#include "core/training/study_plan.h"
#include "core/training/target_group.h"

namespace corticast::cli {
namespace {

struct PlanOptions {
  std::string preset;
  std::string dataset;
  std::string name;
  std::string embedding;
  std::vector<std::string> subjects;
  std::vector<std::string> hemispheres;
  std::vector<std::string> rois;
  std::vector<std::string> settings;
};

int makePlan(const PlanOptions& options) {
  Plan plan = planFromPreset(preset(options.preset));
  plan.dataset = std::filesystem::absolute(options.dataset).lexically_normal();
  plan.subjects = options.subjects;
  plan.rois = options.rois;
  for (const std::string& each : options.hemispheres) plan.hemispheres.push_back(parseHemisphere(each, "--hemisphere"));
  if (!options.name.empty()) plan.name = options.name;
  if (!options.embedding.empty()) setEmbedding(plan, options.embedding);
  setInPlan(plan, options.settings);
  plan = planFromJson(toJson(plan), "plan");
  const TargetGroups cut = cutTargetGroups(plan, openStudy(plan.dataset));
  for (const SkippedGroup& each : cut.skipped) say("skipped: " + each.id + ": " + each.reason);
  printJson(toJson(plan));
  return kDone;
}

}  // namespace

void addPlan(CLI::App& app) {
  auto options = std::make_shared<PlanOptions>();
  CLI::App* command = addCommand(app, "plan", "Print a training plan as JSON, checked against its study",
                                 [options](const Context&) { return makePlan(*options); });
  command->add_option("--preset", options->preset, "Where to start from (see `presets`)")->required();
  command->add_option("--dataset", options->dataset, "Folder of the study")->required();
  command->add_option("--subject", options->subjects, "Only this subject; may be repeated")->allow_extra_args(false);
  command->add_option("--hemisphere", options->hemispheres, "Only lh or rh; may be repeated")->allow_extra_args(false);
  command->add_option("--roi", options->rois, "Only this ROI; may be repeated")->allow_extra_args(false);
  command->add_option("--embedding", options->embedding, "Folder of an embedding, BACKBONE or BACKBONE:LAYER");
  command->add_option("--name", options->name, "Name of the experiment");
  command
      ->add_option("--set", options->settings,
                   "KEY=VALUE: any setting, for all groups (learningRate=3e-4), for some (OFA.learningRate=3e-4, "
                   "subj01/lh/OFA.patience=5), split.KEY, or name, focus, vertices (lh:73122, rh:c512), groups "
                   "(\"faces: OFA, FFA-1; places: PPA, rh/RSC\"), crossSubject, device, threads, seed; may be repeated")
      ->allow_extra_args(false);
}

}  // namespace corticast::cli
