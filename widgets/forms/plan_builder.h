#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/params.h"
#include "core/training/plan.h"

namespace corticast {

struct Preset;
struct RoiKey;
struct Study;

/// What is trained: the part of a plan that comes from the window's selection.
struct PlanScope {
  std::filesystem::path dataset = {};
  std::vector<std::string> subjects = {};
  std::vector<Hemisphere> hemispheres = {};
  std::vector<std::string> rois = {};  ///< checked in one of these hemispheres; names, in the study's order
  /// Checked in one hemisphere and not in the other although it is there too. A plan trains it in both.
  std::vector<std::string> roisOfOneSide = {};
  std::optional<VertexName> vertex = {};  ///< picked on the cortex
};

/// `subject` alone, or with `isAllSubjects` every subject of the study.
[[nodiscard]] PlanScope planScope(const Study& study, const std::string& subject, bool isAllSubjects,
                                  const std::set<Hemisphere>& hemispheres, const std::set<RoiKey>& rois);

/// What the train panel's fields hold.
struct PlanForm {
  std::string name;  ///< empty: the preset's label
  std::string preset;
  Json values = Json::object();     ///< of planParams()
  std::vector<Override> overrides;  ///< of ROIs, checked or not, and those of no ROI in particular
};

/// One description for the whole form: focus, vertices and groups as texts (target_names.h), crossSubject, all settings
/// of groupParams(), "split.<key>", and "device", "threads", "seed".
[[nodiscard]] const std::vector<Param>& planParams();
/// Values of planParams() that a preset stands for.
[[nodiscard]] Json presetValues(const Preset& preset);
/// Settings that an override may change: those of groupParams() about model, optimiser, stopping and ridge.
[[nodiscard]] const std::vector<Param>& overrideParams();

/// Why no plan can be made of these, as a sentence ("Check at least one ROI in the Study panel"); empty when one can.
[[nodiscard]] std::string whyNoPlan(const PlanForm& form, const PlanScope& scope);

/// The plan. A focus on vertices without names means the picked one, a focus on groups without groups one group of all
/// checked ROIs. Its defaults name every setting that matters, so that it stays the same when a default of the program
/// changes. Overrides of ROIs that are not trained are left out, and those of any ROI unless each has its own model.
[[nodiscard]] Plan buildPlan(const PlanForm& form, const PlanScope& scope);
/// The same plan for one of its ROIs only.
[[nodiscard]] Plan onlyRoi(const Plan& plan, const std::string& roi);
/// What the fields have to hold for this plan (a file's, say); the scope is not part of it.
[[nodiscard]] PlanForm formOf(const Plan& plan);

}  // namespace corticast
