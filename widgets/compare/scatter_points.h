#pragma once
#include <set>
#include <string>
#include <vector>

#include "widgets/compare/comparison_source.h"

namespace corticast {

/// One vertex with its correlation in both runs of a pair.
struct ScatterPoint {
  float first = 0;
  float second = 0;
  VertexPick vertex;
  int roi = -1;  ///< index in ScatterPoints::rois; -1: in none of them
  bool isSignificant = false;
};

struct ScatterPoints {
  std::vector<RoiKey> rois;
  std::vector<ScatterPoint> points;  ///< vertices where either r is undefined are left out
  std::string firstName, secondName;
};

/// The vertices of the compared pair in the `shown` hemispheres. A vertex in several of `rois` belongs to the smallest;
/// with `isRoisOnly` vertices outside them are left out.
[[nodiscard]] ScatterPoints scatterPoints(const Compared& compared, const std::set<Hemisphere>& shown,
                                          const std::set<RoiKey>& rois, bool isRoisOnly);

/// Every point as CSV: hemisphere, fsaverage vertex, ROI, both correlations, significant.
[[nodiscard]] std::string scatterAsCsv(const ScatterPoints& points);

}  // namespace corticast
