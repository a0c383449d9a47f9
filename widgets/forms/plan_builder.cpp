#include "widgets/forms/plan_builder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/data/study.h"
#include "core/training/presets.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

constexpr std::string_view kSplitPrefix = "split.";

Param choiceParam(const std::string& id, const std::string& label, const std::string& help,
                  const std::vector<Focus>& choices) {
  Param param;
  param.id = id;
  param.label = label;
  param.section = "Model";
  param.type = ParamType::Choice;
  param.defaultValue = choices.front().id;
  param.help = help;
  for (const Focus& each : choices) param.choices.push_back({each.id, each.label, each.help});
  return param;
}

Param textParam(const std::string& id, const std::string& label, const std::string& help, const std::string& focus) {
  Param param;
  param.id = id;
  param.label = label;
  param.section = "Model";
  param.type = ParamType::Text;
  param.defaultValue = "";
  param.help = help;
  param.relevantIf.push_back({"focus", {focus}});
  return param;
}

std::vector<Param> focusParams() {
  return {
      choiceParam("focus", "Predict", "How the vertices are parted into models.", focuses()),
      textParam("vertices", "Vertices",
                "lh:73122 is a vertex of fsaverage, rh:c512 a column of the challenge space; more after commas. Empty: "
                "the vertex picked on the cortex.",
                "vertex"),
      textParam("groups", "Groups",
                "faces: OFA, FFA-1; places: PPA, rh/RSC makes two models; lh/ and rh/ mean one hemisphere. Empty: one "
                "model of all checked ROIs, in both hemispheres.",
                "groups"),
      choiceParam("crossSubject", "Subjects", "Whether subjects have models of their own or share them.",
                  crossSubjectModes())};
}

std::vector<RoiGroup> groupsOf(const Json& values, const PlanScope& scope) {
  auto groups = parseRoiGroups(values.value("groups", ""), "Groups");
  if (groups.empty()) groups.push_back({.name = "checked-ROIs", .rois = scope.rois});
  return groups;
}

std::vector<VertexName> verticesOf(const Json& values, const PlanScope& scope) {
  auto vertices = parseVertexNames(values.value("vertices", ""), "Vertices");
  if (vertices.empty() && scope.vertex) vertices.push_back(*scope.vertex);
  return vertices;
}

/// Whether the ROIs checked in the Study panel say what is trained.
bool takesRois(const std::string& focus) {
  return focus != "hemisphere" && focus != "vertex" && focus != "groups";
}

std::vector<Param> splitParams() {
  std::vector<Param> params = SplitConfig::fields().params();
  for (Param& param : params) {
    param.id = std::string(kSplitPrefix) + param.id;
    param.section = "Split";
    for (ParamCondition& condition : param.relevantIf) condition.param = std::string(kSplitPrefix) + condition.param;
  }
  return params;
}

std::vector<Param> deviceParams() {
  Param device;
  device.id = "device";
  device.label = "Device";
  device.section = "Device";
  device.type = ParamType::Choice;
  device.defaultValue = "auto";
  device.help = "Where the training computes.";
  device.choices = {{"auto", "Automatic", "A CUDA device where there is one, else the processor."},
                    {"cpu", "Processor", ""},
                    {"cuda", "CUDA", "The first CUDA device; refused when there is none."}};
  for (const char* number : {"0", "1", "2", "3", "4", "5", "6", "7"})
    device.choices.push_back({std::string("cuda:") + number, std::string("CUDA device ") + number, ""});
  Param threads;
  threads.id = "threads";
  threads.label = "Threads";
  threads.section = "Device";
  threads.type = ParamType::Integer;
  threads.defaultValue = 0;
  threads.maximum = 4096;
  threads.isAdvanced = true;
  threads.help = "0: as many as the machine offers. The result does not depend on it.";
  Param seed;
  seed.id = "seed";
  seed.label = "Seed";
  seed.section = "Device";
  seed.type = ParamType::Integer;
  seed.defaultValue = 1;
  seed.maximum = 2147483647;
  seed.isAdvanced = true;
  seed.help = "Of the first weights and of the order of pictures.";
  return {device, threads, seed};
}

std::vector<Param> allParams() {
  std::vector<Param> params = focusParams();
  params.insert(params.end(), groupParams().begin(), groupParams().end());
  for (Param& param : splitParams()) params.push_back(std::move(param));
  for (Param& param : deviceParams()) params.push_back(std::move(param));
  return params;
}

Json splitJson(const Json& values) {
  Json split = Json::object();
  for (const auto& [key, value] : values.items())
    if (key.starts_with(kSplitPrefix)) split[key.substr(kSplitPrefix.size())] = value;
  return split;
}

bool isPerRoi(const std::string& focus) {
  return focus == "roi" || focus == "roi-pair";
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

PlanScope planScope(const Study& study, const std::string& subject, bool isAllSubjects,
                    const std::set<Hemisphere>& hemispheres, const std::set<RoiKey>& rois) {
  PlanScope scope;
  scope.dataset = std::filesystem::absolute(study.root).lexically_normal();
  if (!isAllSubjects) scope.subjects = {subject};
  for (const Subject& each : study.subjects)
    if (isAllSubjects) scope.subjects.push_back(each.id);
  scope.hemispheres.assign(hemispheres.begin(), hemispheres.end());
  for (const Subject& each : study.subjects) {
    if (each.id != subject) continue;
    for (const HemisphereData& data : each.hemispheres)
      for (const Roi& roi : data.rois) {
        if (!hemispheres.contains(data.hemisphere) || roi.isAbsent()) continue;
        if (!rois.contains({data.hemisphere, roi.roiClass, roi.name})) continue;
        if (!contains(scope.rois, roi.name)) scope.rois.push_back(roi.name);
      }
    for (const HemisphereData& data : each.hemispheres)
      for (const Roi& roi : data.rois)
        if (hemispheres.contains(data.hemisphere) && !roi.isAbsent() && contains(scope.rois, roi.name) &&
            !rois.contains({data.hemisphere, roi.roiClass, roi.name}))
          scope.roisOfOneSide.push_back(roi.name);
  }
  return scope;
}

const std::vector<Param>& planParams() {
  static const std::vector<Param> params = allParams();
  return params;
}

const std::vector<Param>& overrideParams() {
  static const std::vector<Param> params = [] {
    std::vector<Param> kept;
    for (const Param& param : groupParams())
      if (param.section != "Embedding") kept.push_back(param);
    return kept;
  }();
  return params;
}

Json presetValues(const Preset& preset) {
  return formOf(planFromPreset(preset)).values;
}

std::string whyNoPlan(const PlanForm& form, const PlanScope& scope) {
  if (scope.subjects.empty() || scope.dataset.empty()) return "Open a study first";
  if (scope.hemispheres.empty()) return "Choose a hemisphere in the Study panel";
  const std::string focus = form.values.value("focus", "roi");
  const bool isOneGroup = focus == "groups" && form.values.value("groups", "").empty();
  if ((takesRois(focus) || isOneGroup) && scope.rois.empty()) return "Check at least one ROI in the Study panel";
  if (focus == "vertex" && form.values.value("vertices", "").empty() && !scope.vertex)
    return "Click a vertex on the cortex, or name one above";
  if (form.values.value("crossSubject", "no") != "no" && scope.subjects.size() < 2)
    return "A model of several subjects needs all subjects; choose them above";
  return {};
}

Plan buildPlan(const PlanForm& form, const PlanScope& scope) {
  const Json& values = form.values;
  Plan plan;
  plan.name = form.name;
  if (plan.name.empty() && !form.preset.empty()) plan.name = preset(form.preset).label;
  plan.preset = form.preset;
  plan.dataset = scope.dataset;
  plan.subjects = scope.subjects;
  plan.hemispheres = scope.hemispheres;
  plan.focus = values.value("focus", "roi");
  if (takesRois(plan.focus)) plan.rois = scope.rois;
  if (plan.focus == "vertex") plan.vertices = verticesOf(values, scope);
  if (plan.focus == "groups") plan.groups = groupsOf(values, scope);
  plan.crossSubject = values.value("crossSubject", "no");
  plan.split = SplitConfig::fields().fromJson(splitJson(values), "split");
  for (const Param& param : groupParams()) {
    if (!isRelevant(param, groupParams(), values)) continue;
    plan.defaults[param.id] = values.contains(param.id) ? values.at(param.id) : param.defaultValue;
  }
  for (const Override& each : form.overrides) {
    const bool isWanted = each.roi.empty() || (isPerRoi(plan.focus) && contains(plan.rois, each.roi));
    if (isWanted && !each.settings.empty()) plan.overrides.push_back(each);
  }
  plan.device = values.value("device", "auto");
  plan.threads = values.value("threads", 0);
  plan.seed = values.value("seed", uint64_t{1});
  return plan;
}

Plan onlyRoi(const Plan& plan, const std::string& roi) {
  Plan one = plan;
  one.name = plan.name.empty() ? roi : plan.name + ", " + roi + " only";
  one.focus = "roi";
  one.rois = {roi};
  std::erase_if(one.overrides, [&](const Override& each) {
    return (!each.roi.empty() && each.roi != roi) || (!each.id.empty() && !each.id.ends_with("-" + roi));
  });
  return one;
}

PlanForm formOf(const Plan& plan) {
  PlanForm form;
  form.name = plan.name;
  form.preset = plan.preset;
  form.values = defaultsOf(planParams());
  form.values["focus"] = plan.focus;
  std::vector<std::string> vertices;
  for (const VertexName& vertex : plan.vertices) vertices.push_back(toString(vertex));
  form.values["vertices"] = join(vertices, ", ");
  form.values["groups"] = toString(plan.groups);
  form.values["crossSubject"] = plan.crossSubject;
  for (const auto& [key, value] : plan.defaults.items())
    if (form.values.contains(key)) form.values[key] = value;
  const Json split = SplitConfig::fields().toJson(plan.split);
  for (const auto& [key, value] : split.items()) form.values[std::string(kSplitPrefix) + key] = value;
  form.values["device"] = plan.device;
  form.values["threads"] = plan.threads;
  form.values["seed"] = plan.seed;
  form.overrides = plan.overrides;
  return form;
}

}  // namespace corticast
