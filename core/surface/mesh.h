#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace corticast {

using Position = std::array<float, 3>;
using Triangle = std::array<int32_t, 3>;

/// A triangle mesh: positions in mm [vertices x 3], vertex numbers [triangles x 3], counter-clockwise seen from
/// outside.
struct Mesh {
  std::vector<Position> positions;
  std::vector<Triangle> triangles;

  [[nodiscard]] size_t vertexCount() const { return positions.size(); }
};

/// Throws Error (`where` names the mesh) when a triangle names an absent vertex or one vertex twice, or a position is
/// not finite. Every function of this folder may rely on it.
void validate(const Mesh& mesh, const std::string& where);

/// What kind of surface the triangles make.
struct MeshReport {
  size_t edges = 0;
  size_t borderEdges = 0;          ///< of one triangle only
  size_t overusedEdges = 0;        ///< of more than two triangles
  size_t isolatedVertices = 0;     ///< of no triangle
  size_t degenerateTriangles = 0;  ///< area 0
  size_t components = 0;           ///< connected parts, isolated vertices not counted
  /// vertices - edges + triangles, isolated vertices not counted; 2 for a closed surface without a handle.
  int64_t eulerCharacteristic = 0;

  [[nodiscard]] bool isClosed() const { return borderEdges == 0 && overusedEdges == 0 && isolatedVertices == 0; }
};
[[nodiscard]] MeshReport inspect(const Mesh& mesh);

}  // namespace corticast
