#pragma once
#include <memory>
#include <vector>

#include "core/surface/draw_order.h"
#include "core/surface/mesh.h"

namespace corticast {

/// One hemisphere's mesh with its folding; positions in mm, x right, y anterior, z superior. `coarse*` is a nested mesh
/// of the first vertices for drawing while the mouse drags; empty where the mesh is small enough to be drawn whole.
struct CortexGeometry {
  std::vector<Position> positions;  ///< one per vertex
  std::vector<Triangle> triangles;
  std::vector<float> curvature;           ///< one per vertex, > 0 in sulci
  std::vector<Triangle> coarseTriangles;  ///< on vertices 0..coarseVertices-1
  size_t coarseVertices = 0;
  std::shared_ptr<const DrawOrder> order;  ///< of positions and triangles, for faster drawing; may be null
  bool isClosed = true;                    ///< closed surfaces need not draw their inside
};

}  // namespace corticast
