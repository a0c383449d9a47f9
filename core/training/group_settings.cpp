#include "core/training/group_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/models/architecture.h"
#include "core/training/loss.h"
#include "core/training/optimiser.h"
#include "core/training/schedule.h"

namespace corticast {
namespace {

using GroupFields = Fields<GroupSettings>;

std::vector<std::string> stepwise() {
  std::vector<std::string> ids;
  for (const Optimiser& each : optimisers()) ids.push_back(each.id);
  return ids;
}

bool isStepwise(const GroupSettings& settings) {
  return std::ranges::find(optimisers(), settings.solver, &Optimiser::id) != optimisers().end();
}

void addModel(GroupFields& f) {
  f.section("Model");
  auto architectureChoice = f.choice("architecture", "Architecture", &GroupSettings::architecture);
  architectureChoice.help("The kind of model that is trained.");
  for (const Architecture& each : architectures()) architectureChoice.choice(each.id, each.label, each.help);
  auto solver = f.choice("solver", "Solver", &GroupSettings::solver);
  for (const Optimiser& each : optimisers()) solver.choice(each.id, each.label, each.help);
  solver.choice("ols", "Least squares", "Ordinary least squares in closed form; needs more pictures than features.")
      .choice("ridge", "Ridge", "Least squares with a penalty on the weights, in closed form.")
      .help("How the weights are found. Closed forms exist for linear models only.");
}

void addEmbedding(GroupFields& f) {
  f.section("Embedding");
  f.text("embedding", "Embedding folder", &GroupSettings::embedding)
      .help(
          "Folder of one embedding; of other subjects the one beside it that was made alike. Empty: the newest one in "
          "the workspace by backbone and layer.");
  f.text("backbone", "Backbone", &GroupSettings::backbone).help("The network or filter bank that embeds the pictures.");
  f.text("layer", "Layer", &GroupSettings::layer).help("Layer of the backbone. Empty: its default.");
  f.boolean("standardise", "Standardise features", &GroupSettings::standardise)
      .paperSilent()
      .help("Gives every feature mean 0 and variance 1 over the training pictures.");
  f.integer("pca", "Principal components", &GroupSettings::pca)
      .range(0, 20000)
      .help("Keeps this many components of the features, fitted on the training pictures; 0 keeps the features.");
}

void addLoss(GroupFields& f) {
  auto choice = f.choice("loss", "Loss", &GroupSettings::loss);
  choice.relevantIf("solver", stepwise()).help("What the training makes small. The paper's is the mean squared error.");
  for (const Loss& each : losses()) choice.choice(each.id, each.label, each.help);
  f.real("smoothL1Beta", "Smooth L1 beta", &GroupSettings::smoothL1Beta)
      .range(1e-6, 1e6)
      .logarithmic()
      .relevantIf("solver", stepwise())
      .relevantIf("loss", {"smooth-l1"})
      .help("Residual at which the loss turns from squared to absolute.");
}

void addSchedule(GroupFields& f) {
  auto choice = f.choice("schedule", "Schedule", &GroupSettings::schedule);
  choice.relevantIf("solver", stepwise()).help("How the learning rate changes from epoch to epoch.");
  for (const Schedule& each : schedules()) choice.choice(each.id, each.label, each.help);
  f.real("decayFactor", "Decay factor", &GroupSettings::decayFactor)
      .range(1e-3, 1)
      .relevantIf("solver", stepwise())
      .relevantIf("schedule", {"step", "exponential"})
      .help("The learning rate is multiplied by this at each decay.");
  f.integer("decayEvery", "Decay every", &GroupSettings::decayEvery)
      .range(1, 100000)
      .unit("epochs")
      .relevantIf("solver", stepwise())
      .relevantIf("schedule", {"step"})
      .help("Epochs from one decay to the next.");
  f.real("finalShare", "Final share", &GroupSettings::finalShare)
      .range(0, 1)
      .relevantIf("solver", stepwise())
      .relevantIf("schedule", {"cosine", "one-cycle"})
      .help("The schedule ends at this share of the learning rate.");
  f.real("cyclePeak", "Peak after", &GroupSettings::cyclePeak)
      .range(0, 1)
      .relevantIf("solver", stepwise())
      .relevantIf("schedule", {"one-cycle"})
      .help("Part of the epochs after which the learning rate is highest.");
  f.real("cycleRise", "Rise", &GroupSettings::cycleRise)
      .range(1, 1e6)
      .logarithmic()
      .relevantIf("solver", stepwise())
      .relevantIf("schedule", {"one-cycle"})
      .help("The learning rate starts at its peak over this number.");
  f.integer("warmupEpochs", "Warm-up", &GroupSettings::warmupEpochs)
      .range(0, 10000)
      .unit("epochs")
      .advanced()
      .relevantIf("solver", stepwise())
      .help("Epochs over which the learning rate rises evenly before the schedule begins; 0: none.");
}

void addSteps(GroupFields& f) {
  f.real("weightDecay", "Weight decay", &GroupSettings::weightDecay)
      .range(0, 10)
      .relevantIf("solver", stepwise())
      .help("Pulls weights towards zero. Decoupled in AdamW, part of the gradient in the others.");
  f.real("l1", "L1 penalty", &GroupSettings::l1)
      .range(0, 1e3)
      .advanced()
      .relevantIf("solver", stepwise())
      .help(
          "Times the sum of absolute weights is added to the loss, which drives weights to zero. Losses are shown "
          "without it.");
  f.real("clipNorm", "Gradient clipping", &GroupSettings::clipNorm)
      .range(0, 1e9)
      .advanced()
      .relevantIf("solver", stepwise())
      .help("A model's gradient is never longer than this; 0: as long as it is.");
  f.integer("batchSize", "Batch size", &GroupSettings::batchSize)
      .range(1, 65536)
      .unit("pictures")
      .paperSilent()
      .relevantIf("solver", stepwise())
      .help("Pictures per step. Smaller batches take more steps and longer epochs.");
  f.real("momentum", "Momentum", &GroupSettings::momentum)
      .range(0, 0.999999)
      .relevantIf("solver", {"sgd"})
      .help("Share of a step that is carried on to the next.");
  f.real("beta1", "Beta 1", &GroupSettings::beta1)
      .range(0, 0.999999)
      .advanced()
      .relevantIf("solver", {"adamw", "adam"})
      .help("Memory of the mean gradient.");
  f.real("beta2", "Beta 2", &GroupSettings::beta2)
      .range(0, 0.999999)
      .advanced()
      .relevantIf("solver", {"adamw", "adam"})
      .help("Memory of the squared gradient.");
  f.real("epsilon", "Epsilon", &GroupSettings::epsilon)
      .range(1e-15, 1)
      .logarithmic()
      .advanced()
      .relevantIf("solver", {"adamw", "adam"})
      .help("Keeps the step finite where the gradient is near zero.");
  f.boolean("mixedPrecision", "Mixed precision", &GroupSettings::mixedPrecision)
      .advanced()
      .relevantIf("solver", stepwise())
      .help("Products in bfloat16 on CUDA: faster and smaller, numbers slightly different. Without effect on the CPU.");
}

void addOptimiser(GroupFields& f) {
  f.section("Optimiser");
  addLoss(f);
  f.real("learningRate", "Learning rate", &GroupSettings::learningRate)
      .range(1e-9, 10)
      .logarithmic()
      .relevantIf("solver", stepwise())
      .help("Step size of the optimiser where the schedule is highest.");
  addSchedule(f);
  addSteps(f);
}

void addStopping(GroupFields& f) {
  f.section("Stopping");
  f.integer("maxEpochs", "Epochs at most", &GroupSettings::maxEpochs)
      .range(1, 100000)
      .unit("epochs")
      .paperSilent()
      .relevantIf("solver", stepwise())
      .help("Training ends here if it has not stopped early.");
  f.integer("patience", "Patience", &GroupSettings::patience)
      .range(0, 100000)
      .unit("epochs")
      .paperSilent()
      .relevantIf("solver", stepwise())
      .help("Epochs without a lower validation loss before training stops; the best epoch is kept. 0: never early.");
  f.real("minDelta", "Least improvement", &GroupSettings::minDelta)
      .range(0, 1e6)
      .advanced()
      .paperSilent()
      .relevantIf("solver", stepwise())
      .help("The validation loss must fall by more than this to count as improvement.");
}

void addClosedForm(GroupFields& f) {
  f.section("Ridge");
  f.choice("ridgeChoice", "Penalty", &GroupSettings::ridgeChoice)
      .choice("fixed", "One for all vertices")
      .choice("per-vertex", "Chosen per vertex", "By cross-validated correlation among the penalties of the list.")
      .paperSilent()
      .relevantIf("solver", {"ridge"})
      .help("Whether one penalty serves all vertices or each vertex gets its own.");
  f.real("ridgeAlpha", "Alpha", &GroupSettings::ridgeAlpha)
      .range(0, 1e12)
      .logarithmic()
      .paperSilent()
      .relevantIf("solver", {"ridge"})
      .relevantIf("ridgeChoice", {"fixed"})
      .help("Penalty alpha of |y - Xw|^2 + alpha |w|^2.");
  f.real("ridgeAlphaLow", "Least alpha", &GroupSettings::ridgeAlphaLow)
      .range(1e-9, 1e12)
      .logarithmic()
      .paperSilent()
      .relevantIf("solver", {"ridge"})
      .relevantIf("ridgeChoice", {"per-vertex"})
      .help("Smallest penalty tried.");
  f.real("ridgeAlphaHigh", "Largest alpha", &GroupSettings::ridgeAlphaHigh)
      .range(1e-9, 1e12)
      .logarithmic()
      .paperSilent()
      .relevantIf("solver", {"ridge"})
      .relevantIf("ridgeChoice", {"per-vertex"})
      .help("Largest penalty tried.");
  f.integer("ridgeAlphaCount", "Alphas tried", &GroupSettings::ridgeAlphaCount)
      .range(2, 200)
      .paperSilent()
      .relevantIf("solver", {"ridge"})
      .relevantIf("ridgeChoice", {"per-vertex"})
      .help("Number of penalties, spaced evenly in the logarithm.");
  f.integer("ridgeFolds", "Folds", &GroupSettings::ridgeFolds)
      .range(2, 20)
      .paperSilent()
      .relevantIf("solver", {"ridge"})
      .relevantIf("ridgeChoice", {"per-vertex"})
      .help("Folds of the training pictures that choose the penalty. The validation split is not touched.");
}

std::vector<Param> allParams() {
  std::vector<Param> params = GroupSettings::fields().params();
  for (const Architecture& each : architectures())
    for (Param param : each.params) {
      param.relevantIf.push_back({"architecture", {each.id}});
      params.push_back(std::move(param));
    }
  return params;
}

void requireSense(const GroupSettings& s, const std::string& where) {
  if (!isStepwise(s) && architecture(s.architecture).kind != ModelKind::Linear)
    throw Error(
        {.what = "read parameters",
         .where = where,
         .why = "solver \"" + s.solver + "\" is for linear models, the architecture is \"" + s.architecture + "\"",
         .remedy = "choose one of the solvers " + join(stepwise(), ", ")});
  if (isStepwise(s) && s.warmupEpochs >= s.maxEpochs)
    throw Error({.what = "read parameters",
                 .where = where,
                 .why = "the warm-up of " + std::to_string(s.warmupEpochs) + " epochs leaves none of " +
                        std::to_string(s.maxEpochs),
                 .remedy = "shorten warmupEpochs or raise maxEpochs"});
  if (s.ridgeAlphaLow > s.ridgeAlphaHigh)
    throw Error({.what = "read parameters",
                 .where = where,
                 .why = "ridgeAlphaLow is above ridgeAlphaHigh",
                 .remedy = "exchange the two"});
}

}  // namespace

Fields<GroupSettings> GroupSettings::fields() {
  GroupFields f;
  addModel(f);
  addEmbedding(f);
  addOptimiser(f);
  addStopping(f);
  addClosedForm(f);
  return f;
}

const std::vector<Param>& groupParams() {
  static const std::vector<Param> params = allParams();
  return params;
}

GroupSettings groupSettingsFromJson(const Json& values, const std::string& where) {
  validate(groupParams(), values, where);
  const auto fields = GroupSettings::fields();
  Json common = Json::object();
  for (const Param& param : fields.params())
    if (values.contains(param.id)) common[param.id] = values.at(param.id);
  GroupSettings settings = fields.fromJson(common, where);
  settings.model = defaultsOf(architecture(settings.architecture).params);
  for (const Param& param : architecture(settings.architecture).params)
    if (values.contains(param.id)) settings.model[param.id] = values.at(param.id);
  requireSense(settings, where);
  return settings;
}

Json toJson(const GroupSettings& settings) {
  Json json = GroupSettings::fields().toJson(settings);
  for (const auto& [key, value] : settings.model.items()) json[key] = value;
  return json;
}

TrainerKind trainerKindOf(const GroupSettings& s) {
  if (!isStepwise(s)) return TrainerKind::ClosedForm;
  const bool isFused = architecture(s.architecture).kind == ModelKind::Linear && s.solver == "adamw" &&
                       s.loss == "mse" && s.l1 == 0 && s.clipNorm == 0 && !s.mixedPrecision;
  return isFused ? TrainerKind::Linear : TrainerKind::Network;
}

}  // namespace corticast
