#include "core/training/presets.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/training/group_settings.h"
#include "core/training/plan.h"

namespace corticast {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {
      {"clip-linear-roi",
       "CLIP-Linear, single ROI",
       "One linear layer per ROI and hemisphere, stopped early on its own: the paper's best model.",
       "linear",
       "roi",
       {{"solver", "adamw"}, {"learningRate", 1e-4}, {"decayFactor", 0.75}, {"decayEvery", 10}}},
      {"clip-linear-all",
       "CLIP-Linear, all ROIs",
       "One linear layer for all ROIs of a hemisphere.",
       "linear",
       "all-rois",
       {{"solver", "adamw"}, {"learningRate", 1e-3}, {"decayFactor", 0.5}, {"decayEvery", 10}}},
      {"baseline-alexnet",
       "Baseline",
       "The challenge's baseline: least squares on 100 principal components, per hemisphere and subject.",
       "linear",
       "hemisphere",
       {{"solver", "ols"}, {"pca", 100}}},
      {"clip-deep",
       "CLIP-Deep",
       "Four blocks of linear layer, batch normalisation and LeakyReLU, and a linear layer, per ROI and hemisphere.",
       "deep",
       "roi",
       {{"learningRate", 1e-4}, {"decayFactor", 0.75}, {"decayEvery", 10}}},
      {"clip-deep-res",
       "CLIP-Deep with residual blocks",
       "CLIP-Deep with 5 % dropout, residual blocks between the others, and widths that grow by 1.25.",
       "deep-residual",
       "roi",
       {{"learningRate", 1e-4}, {"decayFactor", 0.75}, {"decayEvery", 10}}},
      {"clip-deep-cross",
       "CLIP-Deep, all subjects",
       "CLIP-Deep on the pictures of all subjects, one output per vertex of fsaverage.",
       "deep",
       "roi",
       {{"learningRate", 1e-4}, {"decayFactor", 0.75}, {"decayEvery", 10}},
       "shared-head"},
      {"clip-dm",
       "CLIP-DM",
       "Conv1d over the vertices of an ROI, each gated by the vertex's position.",
       "positional",
       "roi",
       {{"learningRate", 5e-6},
        {"decayFactor", 0.75},
        {"decayEvery", 10},
        {"positionalInput", "gate"},
        {"positionalDropout", 0}}},
      {"clip-pos-dropout",
       "CLIP-Pos (Dropout)",
       "Conv1d over the vertices of an ROI, positions as further input of each, dropout after every two.",
       "positional",
       "roi",
       {{"learningRate", 7.5e-6}, {"decayFactor", 0.75}, {"decayEvery", 5}}},
      {"clip-pos-res",
       "CLIP-Pos (Resblocks)",
       "As CLIP-Pos (Dropout), with a residual block around every two Conv1d.",
       "positional",
       "roi",
       {{"learningRate", 1.5e-5}, {"decayFactor", 0.75}, {"decayEvery", 5}, {"positionalResidual", true}}},
      {"sam-pos",
       "SAM-Pos",
       "A positional model whose trunk is a stack of Conv2d on SAM's map of the picture.",
       "positional",
       "roi",
       {{"standardise", false},
        {"learningRate", 1e-4},
        {"decayFactor", 0.75},
        {"decayEvery", 5},
        {"positionalTrunk", "conv2d"}}},
      {"position-check",
       "Position check",
       "The network of CLIP-Pos (Dropout) asked for each vertex's own position: can it tell vertices apart?",
       "positional",
       "roi",
       {{"learningRate", 7.5e-6}, {"decayFactor", 0.75}, {"decayEvery", 5}, {"positionalOutput", "positions"}}},
  };
  return all;
}

const Preset& preset(std::string_view id) {
  const auto& all = presets();
  if (const auto found = std::ranges::find(all, id, &Preset::id); found != all.end()) return *found;
  std::vector<std::string> ids;
  for (const Preset& each : all) ids.push_back(each.id);
  throw Error({.what = "choose a preset",
               .where = std::string(id),
               .why = "there is none with this name",
               .remedy = "known ones are " + join(ids, ", ")});
}

Json toJson(const Preset& preset) {
  Json params = Json::array();
  for (const Param& param : groupParams()) params.push_back(toJson(param));
  return {{"id", preset.id},
          {"label", preset.label},
          {"help", preset.help},
          {"architecture", preset.architecture},
          {"focus", preset.focus},
          {"crossSubject", preset.crossSubject},
          {"settings", toJson(groupSettingsFromJson(planFromPreset(preset).defaults, preset.id))},
          {"params", std::move(params)}};
}

Plan planFromPreset(const Preset& preset) {
  Plan plan;
  plan.name = preset.label;
  plan.preset = preset.id;
  plan.focus = preset.focus;
  plan.crossSubject = preset.crossSubject;
  plan.defaults = preset.settings;
  plan.defaults["architecture"] = preset.architecture;
  return plan;
}

}  // namespace corticast
