#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/params.h"

namespace corticast {

/// How an architecture is trained, which decides the trainer that drives it.
enum class ModelKind {
  Linear,  ///< columns never interact: all groups of a cohort are one blocked computation, or a closed form
};

/// A kind of model as data: what a form, the command line and the table need to know of it. Its parameters are
/// values of the plan like any other and may differ per ROI.
struct Architecture {
  std::string id;     ///< as plans write it: "linear"
  std::string label;  ///< "Linear"
  std::string help;   ///< one or two sentences: what it computes
  ModelKind kind = ModelKind::Linear;
  std::vector<Param> params;  ///< beyond the settings that every architecture has; ids are unique over the catalogue
  /// Trainable numbers of one model with these inputs, targets and parameter values.
  std::function<uint64_t(uint64_t features, uint64_t targets, const Json& values)> weightCount;
};

/// Every architecture, in the order shown to a person. Adding one: a file beside this one and a line in catalogue.cpp.
[[nodiscard]] std::span<const Architecture> architectures();

/// Throws Error naming the known ids.
[[nodiscard]] const Architecture& architecture(std::string_view id);

}  // namespace corticast
