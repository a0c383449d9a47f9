#pragma once
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/data/study.h"
#include "widgets/brain/hemisphere_actor.h"
#include "widgets/cortex/cortex_surfaces.h"
#include "widgets/figures/figure.h"

namespace corticast {

/// What a figure's description names, read from the disk.
struct FigureContent {
  std::shared_ptr<const Study> study;
  const Subject* subject = nullptr;  ///< in `study`
  std::shared_ptr<const CortexSurfaces> surfaces;
  std::string barTitle;                      ///< "Validation correlation r"
  bool isSigned = false;                     ///< of the map
  std::array<std::vector<float>, 2> values;  ///< per vertex of lh and rh, NaN where there is none; empty without a map
  MapColours colours;                        ///< with the range that is drawn

  [[nodiscard]] bool hasMap() const { return !values[0].empty() || !values[1].empty(); }
};

/// Reads study, run and template. Throws Error when one of them is missing, the subject is unknown, the run has no such
/// epoch, an ROI is unknown or absent, or the study has no noise ceiling.
[[nodiscard]] FigureContent readContent(const Figure& figure);

}  // namespace corticast
