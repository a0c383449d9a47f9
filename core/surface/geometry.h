#pragma once
#include <array>
#include <vector>

#include "core/surface/mesh.h"

namespace corticast {

/// [triangles] mm^2.
[[nodiscard]] std::vector<float> triangleAreas(const Mesh& mesh);
/// [vertices] mm^2: a third of the areas of the triangles around each vertex, as FreeSurfer's `lh.area`.
[[nodiscard]] std::vector<float> vertexAreas(const Mesh& mesh);
/// mm^2, summed in double.
[[nodiscard]] double surfaceArea(const Mesh& mesh);
/// [vertices] unit vectors pointing out, weighted by the areas of the triangles around; (0, 0, 0) where there is none.
[[nodiscard]] std::vector<Position> vertexNormals(const Mesh& mesh);

/// Smallest and largest coordinate along each axis, in mm, of the vertices that triangles use.
struct Bounds {
  Position low{};
  Position high{};
};
[[nodiscard]] Bounds boundsOf(const Mesh& mesh);

}  // namespace corticast
