#pragma once
#include <optional>
#include <string>

#include "core/surface/template.h"
#include "widgets/cortex/value_range.h"

namespace corticast {

/// How the cortex is looked at; saved with the window.
struct CortexViewSettings {
  SurfaceKind surface = SurfaceKind::Inflated;
  double morph = 1;  ///< 0 = folded (white matter), 1 = the chosen surface
  std::string views = "lateral";
  std::string colourMap;            ///< "" = vik for signed maps, viridis for others
  std::optional<ValueRange> range;  ///< none = fitted to the map
  double threshold = 0;
};

}  // namespace corticast
