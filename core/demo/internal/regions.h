#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/surface/template.h"

namespace corticast::demo {

/// An ROI as the demo study plants it.
struct Region {
  std::string roiClass;
  int64_t label = 0;
  std::string name;
  std::vector<std::array<double, 3>> centres;  ///< MNI305 mm of the right hemisphere; x is mirrored for the left
  double area = 0;                             ///< mm^2 before clipping and before rivals take their share
  double leftFactor = 1;                       ///< of the area, in the left hemisphere
};

/// All ROIs of the six published classes, class by class, labels ascending. Centres are literature averages.
[[nodiscard]] const std::vector<Region>& regions();

/// Where things are on one hemisphere of one subject. Column j is vertex `vertices[j]`.
struct Layout {
  Hemisphere hemisphere{};
  std::vector<uint32_t> vertices;                      ///< ascending
  std::map<std::string, std::vector<int64_t>> labels;  ///< per class, per column; 0 = none
  Matrix<float> fields;                                ///< [columns x 3] receptive field: x, y, sigma as fractions
  Neighbours neighbours;                               ///< among columns
  double spacing = 0;                                  ///< mean distance of neighbours, mm
};

/// The layout of a subject (1-based), drawn from the seed: centres are shifted by some millimetres, some small
/// anterior ROIs are absent.
[[nodiscard]] Layout makeLayout(const Template& surface, Hemisphere hemisphere, int subject, uint64_t seed);

/// The published name of a label, "" for 0.
[[nodiscard]] std::string nameOf(const std::string& roiClass, int64_t label);

}  // namespace corticast::demo
