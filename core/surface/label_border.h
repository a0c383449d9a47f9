#pragma once
#include <cstdint>
#include <vector>

#include "core/surface/mesh.h"

namespace corticast {

/// A point of a border: the middle of the edge between a vertex of the set and one outside it. As vertex numbers it
/// fits every surface of the hemisphere: white, inflated, flat.
struct BorderPoint {
  uint32_t inside = 0;
  uint32_t outside = 0;

  friend bool operator==(const BorderPoint&, const BorderPoint&) = default;
};

/// A run of border points, each two neighbours in one triangle. Closed (the first point follows the last, and is not
/// repeated) unless it ends on the rim of an open surface.
struct BorderLine {
  std::vector<BorderPoint> points;
  bool isClosed = true;
};

/// The border between the vertices with `isInside` [vertices] and the others, by marching triangles: every triangle
/// with vertices of both kinds holds one straight piece of it. Lines come in the order of their lowest edge.
[[nodiscard]] std::vector<BorderLine> labelBorder(const Mesh& mesh, const std::vector<bool>& isInside);

/// Where the points lie on `mesh`, in mm.
[[nodiscard]] std::vector<Position> positionsOf(const BorderLine& line, const Mesh& mesh);

}  // namespace corticast
