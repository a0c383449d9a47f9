#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace corticast {

struct Plan;

/// A way of training that a person picks by name; where a plan starts from.
struct Preset {
  std::string id;                   ///< "clip-linear-roi"
  std::string label;                ///< "CLIP-Linear, single ROI"
  std::string help;                 ///< what it is, in a sentence
  std::string architecture;         ///< id in the catalogue of models
  std::string focus;                ///< id in focuses()
  Json settings;                    ///< object: what differs from the defaults of GroupSettings
  std::string crossSubject = "no";  ///< id in crossSubjectModes()
};

/// Settings of Chimisso et al. (Algonauts 2023); where the paper is silent, the defaults of GroupSettings, whose
/// descriptions say so.
[[nodiscard]] const std::vector<Preset>& presets();
/// Throws Error naming the known ids.
[[nodiscard]] const Preset& preset(std::string_view id);
/// For `presets --json`: {id, label, help, architecture, focus, settings (all, defaults filled in), params}.
[[nodiscard]] Json toJson(const Preset& preset);
/// A plan with the preset's focus and settings; dataset and selection are left to fill in.
[[nodiscard]] Plan planFromPreset(const Preset& preset);

}  // namespace corticast
