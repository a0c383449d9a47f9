#include "core/training/group_settings.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/models/architecture.h"

namespace corticast {
namespace {

using GroupFields = Fields<GroupSettings>;

void addModel(GroupFields& f) {
  f.section("Model");
  auto architectureChoice = f.choice("architecture", "Architecture", &GroupSettings::architecture);
  architectureChoice.help("The kind of model that is trained.");
  for (const Architecture& each : architectures()) architectureChoice.choice(each.id, each.label, each.help);
  f.choice("solver", "Solver", &GroupSettings::solver)
      .choice("adamw", "AdamW", "Minibatch descent with step decay and early stopping.")
      .choice("ols", "Least squares", "Ordinary least squares in closed form; needs more pictures than features.")
      .choice("ridge", "Ridge", "Least squares with a penalty on the weights, in closed form.")
      .help("How the weights are found. Closed forms exist for linear models only.");
}

void addEmbedding(GroupFields& f) {
  f.section("Embedding");
  f.text("embedding", "Embedding folder", &GroupSettings::embedding)
      .help("Folder of one embedding. Empty: the newest one in the workspace by backbone and layer.");
  f.text("backbone", "Backbone", &GroupSettings::backbone).help("The network or filter bank that embeds the pictures.");
  f.text("layer", "Layer", &GroupSettings::layer).help("Layer of the backbone. Empty: its default.");
  f.boolean("standardise", "Standardise features", &GroupSettings::standardise)
      .paperSilent()
      .help("Gives every feature mean 0 and variance 1 over the training pictures.");
  f.integer("pca", "Principal components", &GroupSettings::pca)
      .range(0, 20000)
      .help("Keeps this many components of the features, fitted on the training pictures; 0 keeps the features.");
}

void addOptimiser(GroupFields& f) {
  f.section("Optimiser");
  f.real("learningRate", "Learning rate", &GroupSettings::learningRate)
      .range(1e-9, 10)
      .logarithmic()
      .relevantIf("solver", {"adamw"})
      .help("Step size of the optimiser in the first epoch.");
  f.real("decayFactor", "Decay factor", &GroupSettings::decayFactor)
      .range(1e-3, 1)
      .relevantIf("solver", {"adamw"})
      .help("The learning rate is multiplied by this at each decay.");
  f.integer("decayEvery", "Decay every", &GroupSettings::decayEvery)
      .range(1, 100000)
      .unit("epochs")
      .relevantIf("solver", {"adamw"})
      .help("Epochs from one decay to the next.");
  f.real("weightDecay", "Weight decay", &GroupSettings::weightDecay)
      .range(0, 10)
      .relevantIf("solver", {"adamw"})
      .help("Decoupled weight decay of AdamW.");
  f.integer("batchSize", "Batch size", &GroupSettings::batchSize)
      .range(1, 65536)
      .unit("pictures")
      .paperSilent()
      .relevantIf("solver", {"adamw"})
      .help("Pictures per step. Smaller batches take more steps and longer epochs.");
  f.real("beta1", "Beta 1", &GroupSettings::beta1)
      .range(0, 0.999999)
      .advanced()
      .relevantIf("solver", {"adamw"})
      .help("Memory of the mean gradient.");
  f.real("beta2", "Beta 2", &GroupSettings::beta2)
      .range(0, 0.999999)
      .advanced()
      .relevantIf("solver", {"adamw"})
      .help("Memory of the squared gradient.");
  f.real("epsilon", "Epsilon", &GroupSettings::epsilon)
      .range(1e-15, 1)
      .logarithmic()
      .advanced()
      .relevantIf("solver", {"adamw"})
      .help("Keeps the step finite where the gradient is near zero.");
}

void addStopping(GroupFields& f) {
  f.section("Stopping");
  f.integer("maxEpochs", "Epochs at most", &GroupSettings::maxEpochs)
      .range(1, 100000)
      .unit("epochs")
      .paperSilent()
      .relevantIf("solver", {"adamw"})
      .help("Training ends here if it has not stopped early.");
  f.integer("patience", "Patience", &GroupSettings::patience)
      .range(0, 100000)
      .unit("epochs")
      .paperSilent()
      .relevantIf("solver", {"adamw"})
      .help("Epochs without a lower validation loss before training stops; the best epoch is kept. 0: never early.");
  f.real("minDelta", "Least improvement", &GroupSettings::minDelta)
      .range(0, 1e6)
      .advanced()
      .paperSilent()
      .relevantIf("solver", {"adamw"})
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
  if (s.solver != "adamw" && architecture(s.architecture).kind != ModelKind::Linear)
    throw Error(
        {.what = "read parameters",
         .where = where,
         .why = "solver \"" + s.solver + "\" is for linear models, the architecture is \"" + s.architecture + "\"",
         .remedy = "choose the solver adamw"});
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

double learningRateAt(const GroupSettings& settings, int epoch) {
  return settings.learningRate * std::pow(settings.decayFactor, (epoch - 1) / settings.decayEvery);
}

}  // namespace corticast
