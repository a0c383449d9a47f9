#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/training/plan.h"

namespace corticast {
namespace {

Error cannotSet(const std::string& key, const std::string& why, const std::string& remedy) {
  return Error({.what = "set a value of the plan", .where = key, .why = why, .remedy = remedy});
}

const Param& paramNamed(const std::vector<Param>& params, const std::string& id, const std::string& key) {
  if (const auto found = std::ranges::find(params, id, &Param::id); found != params.end()) return *found;
  std::vector<std::string> ids;
  for (const Param& each : params) ids.push_back(each.id);
  throw cannotSet(key, "there is no setting \"" + id + "\"", "known ones are " + join(ids, ", "));
}

// "subj01/lh/OFA": what each part names is seen by its form; whether it exists, by cutting the study.
Override matchFrom(const std::string& which, const std::string& key) {
  Override match;
  match.settings = Json::object();
  for (const std::string& part : split(which, '/')) {
    if (part.empty())
      throw cannotSet(key, "an empty name before the dot", "write OFA.learningRate, or lh/OFA.patience");
    std::string* field = &match.roi;
    if (part == "lh" || part == "rh")
      field = &match.hemisphere;
    else if (part.starts_with("subj") || part.starts_with("cross"))
      field = part.find('-') == std::string::npos ? &match.subject : &match.id;
    if (!field->empty())
      throw cannotSet(key, "\"" + part + "\" and \"" + *field + "\" name the same kind of thing", "name one of them");
    *field = part;
  }
  return match;
}

void setOverride(Plan& plan, const std::string& which, const std::string& id, const std::string& key,
                 const std::string& value) {
  const Override match = matchFrom(which, key);
  const auto isSame = [&](const Override& each) {
    return each.subject == match.subject && each.hemisphere == match.hemisphere && each.roi == match.roi &&
           each.id == match.id;
  };
  auto found = std::ranges::find_if(plan.overrides, isSame);
  if (found == plan.overrides.end()) found = plan.overrides.insert(plan.overrides.end(), match);
  found->settings[id] = parseParam(paramNamed(groupParams(), id, key), value);
}

constexpr std::array kTopLevel = {"name", "focus", "crossSubject", "device", "threads", "seed"};

void setTopLevel(Json& plan, const std::string& key, const std::string& value) {
  if (key == "threads" || key == "seed") {
    if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos || value.size() > 16)
      throw cannotSet(key, "\"" + value + "\" is no whole number from 0 on", "write it in digits");
    plan[key] = std::stoull(value);
  } else {
    plan[key] = value;
  }
}

}  // namespace

void setInPlan(Plan& plan, const std::string& key, const std::string& value) {
  Plan changed = plan;
  const size_t dot = key.rfind('.');
  if (dot != std::string::npos && key.substr(0, dot) == "split") {
    const std::string id = key.substr(dot + 1);
    const auto fields = SplitConfig::fields();
    Json split = fields.toJson(plan.split);
    split[id] = parseParam(paramNamed(fields.params(), id, key), value);
    changed.split = fields.fromJson(split, key);
  } else if (dot != std::string::npos) {
    setOverride(changed, key.substr(0, dot), key.substr(dot + 1), key, value);
  } else if (key == "vertices") {
    changed.vertices = parseVertexNames(value, "--set " + key);
  } else if (key == "groups") {
    changed.groups = parseRoiGroups(value, "--set " + key);
  } else if (std::ranges::find(kTopLevel, key) != kTopLevel.end()) {
    Json json = toJson(plan);
    setTopLevel(json, key, value);
    changed = planFromJson(json, "--set " + key);
  } else {
    changed.defaults[key] = parseParam(paramNamed(groupParams(), key, key), value);
  }
  plan = std::move(changed);
}

void setInPlan(Plan& plan, const std::vector<std::string>& settings) {
  for (const std::string& each : settings) {
    const size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error({.what = "set a value of the plan",
                   .where = each,
                   .why = "it is not of the form KEY=VALUE",
                   .remedy = "write --set learningRate=3e-4 or --set OFA.learningRate=3e-4"});
    setInPlan(plan, each.substr(0, equals), each.substr(equals + 1));
  }
}

}  // namespace corticast
