#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/training/plan.h"

namespace corticast {

/// One thing that plans do differently.
struct PlanDifference {
  std::string key;                                 ///< as in the plan: "learningRate", "split.seed", "OFA.learningRate"
  std::string label;                               ///< "Learning rate"
  std::string section;                             ///< "Optimiser", "Split", "Overrides", ...
  std::string unit;                                ///< "epochs"; empty without one
  std::vector<std::optional<std::string>> values;  ///< per plan; absent where it does not matter or is not set
};

/// What differs between two or more plans, in the order of the form: focus, split, settings (a setting that another one
/// makes irrelevant, such as the learning rate of a closed form, counts as absent), then overrides of single groups.
/// Names, devices and thread counts, which change no result, are left out.
[[nodiscard]] std::vector<PlanDifference> planDifferences(const std::vector<Plan>& plans);

}  // namespace corticast
