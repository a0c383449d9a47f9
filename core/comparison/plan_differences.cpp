#include "core/comparison/plan_differences.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace corticast {
namespace {

using Value = std::optional<std::string>;

std::string textOf(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return shortest(value.get<double>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return value.dump();
  std::vector<std::string> parts;
  for (const Json& part : value) parts.push_back(textOf(part));
  return join(parts, ", ");
}

std::string textOf(const Param& param, const Json& value) {
  const std::string text = textOf(value);
  const auto choice = std::ranges::find(param.choices, text, &ParamChoice::id);
  return choice != param.choices.end() && !choice->label.empty() ? choice->label : text;
}

/// The value as it takes effect; absent where another setting makes it irrelevant.
Value effective(const Param& param, const std::vector<Param>& all, const Json& values) {
  if (!isRelevant(param, all, values)) return std::nullopt;
  const auto found = values.find(param.id);
  return textOf(param, found == values.end() ? param.defaultValue : *found);
}

class Differences {
 public:
  explicit Differences(const std::vector<Plan>& plans) : m_plans(plans) {}

  void add(PlanDifference difference, const std::function<Value(const Plan&)>& valueOf) {
    for (const Plan& plan : m_plans) difference.values.push_back(valueOf(plan));
    const bool isSame =
        std::ranges::all_of(difference.values, [&](const Value& value) { return value == difference.values.front(); });
    if (!isSame) m_found.push_back(std::move(difference));
  }
  /// Described parameters under `values`, an object of each plan.
  void add(const std::vector<Param>& params, const std::string& prefix, const std::string& section,
           const std::function<Json(const Plan&)>& values) {
    for (const Param& param : params)
      add({prefix + param.id, param.label, section.empty() ? param.section : section, param.unit, {}},
          [&](const Plan& plan) { return effective(param, params, values(plan)); });
  }
  std::vector<PlanDifference> take() { return std::move(m_found); }

 private:
  const std::vector<Plan>& m_plans;
  std::vector<PlanDifference> m_found;
};

std::string focusLabel(const Plan& plan) {
  const auto focus = std::ranges::find(focuses(), plan.focus, &Focus::id);
  return focus == focuses().end() ? plan.focus : focus->label;
}

std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? "all" : join(names, ", ");
}

std::string hemispheresOf(const Plan& plan) {
  if (plan.hemispheres.empty()) return "both";
  std::vector<std::string> names;
  for (const Hemisphere each : plan.hemispheres) names.push_back(toString(each));
  return join(names, ", ");
}

/// Which groups an override is for, as `--set` names them: "subj01/lh/OFA".
std::string scopeOf(const Override& each) {
  if (!each.id.empty()) return each.id;
  std::vector<std::string> names;
  for (const std::string& name : {each.subject, each.hemisphere, each.roi})
    if (!name.empty()) names.push_back(name);
  return join(names, "/");
}

void addOverrides(Differences& differences, const std::vector<Plan>& plans) {
  std::vector<std::string> scopes;
  for (const Plan& plan : plans)
    for (const Override& each : plan.overrides)
      if (std::ranges::find(scopes, scopeOf(each)) == scopes.end()) scopes.push_back(scopeOf(each));
  for (const std::string& scope : scopes)
    for (const Param& param : groupParams())
      differences.add(
          {scope + "." + param.id, scope + ": " + param.label, "Overrides", param.unit, {}}, [&](const Plan& plan) {
            Value value;
            for (const Override& each : plan.overrides)
              if (const auto set = each.settings.find(param.id); scopeOf(each) == scope && set != each.settings.end())
                value = textOf(param, *set);
            return value;
          });
}

}  // namespace

std::vector<PlanDifference> planDifferences(const std::vector<Plan>& plans) {
  if (plans.empty()) return {};
  Differences differences(plans);
  const std::string targets = "Targets";
  differences.add({"dataset", "Study", targets, "", {}}, [](const Plan& p) { return p.dataset.string(); });
  differences.add({"subjects", "Subjects", targets, "", {}}, [](const Plan& p) { return listed(p.subjects); });
  differences.add({"hemispheres", "Hemispheres", targets, "", {}}, [](const Plan& p) { return hemispheresOf(p); });
  differences.add({"rois", "ROIs", targets, "", {}}, [](const Plan& p) { return listed(p.rois); });
  differences.add({"focus", "Focus", targets, "", {}}, focusLabel);
  differences.add(SplitConfig::fields().params(), "split.", "Split",
                  [](const Plan& plan) { return SplitConfig::fields().toJson(plan.split); });
  differences.add(groupParams(), "", "", [](const Plan& plan) { return plan.defaults; });
  addOverrides(differences, plans);
  differences.add({"seed", "Seed of weights and picture order", "Seeds", "", {}},
                  [](const Plan& p) { return std::to_string(p.seed); });
  return differences.take();
}

}  // namespace corticast
