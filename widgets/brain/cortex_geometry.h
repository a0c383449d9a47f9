#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace corticast {

using Position = std::array<float, 3>;    ///< mm, x right, y anterior, z superior
using Triangle = std::array<int32_t, 3>;  ///< vertex indices, anticlockwise seen from outside

/// One hemisphere's mesh with its folding. `coarse*` is a nested mesh of the first vertices for drawing while the
/// mouse drags; empty where the mesh is small enough to be drawn whole.
struct CortexGeometry {
  std::vector<Position> positions;  ///< one per vertex
  std::vector<Triangle> triangles;
  std::vector<float> curvature;           ///< one per vertex, > 0 in sulci
  std::vector<Triangle> coarseTriangles;  ///< on vertices 0..coarseVertices-1
  size_t coarseVertices = 0;
  bool isClosed = true;  ///< closed surfaces need not draw their inside
};

}  // namespace corticast
