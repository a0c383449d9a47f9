#include "core/surface/mesh.h"

#include <cmath>

#include "core/base/error.h"
#include "core/surface/geometry.h"
#include "core/surface/topology.h"

namespace corticast {

void validate(const Mesh& mesh, const std::string& where) {
  const auto fail = [&](const std::string& why) {
    throw Error({.what = "check mesh", .where = where, .why = why, .remedy = "fetch or make the surface again"});
  };
  const auto count = static_cast<int64_t>(mesh.vertexCount());
  for (size_t v = 0; v < mesh.vertexCount(); ++v)
    for (const float coordinate : mesh.positions[v])
      if (!std::isfinite(coordinate)) fail("the position of vertex " + std::to_string(v) + " is not finite");
  for (size_t t = 0; t < mesh.triangles.size(); ++t) {
    const auto& [a, b, c] = mesh.triangles[t];
    for (const int32_t vertex : {a, b, c})
      if (vertex < 0 || vertex >= count)
        fail("triangle " + std::to_string(t) + " names vertex " + std::to_string(vertex) + " of " +
             std::to_string(count));
    if (a == b || b == c || a == c) fail("triangle " + std::to_string(t) + " names a vertex twice");
  }
}

MeshReport inspect(const Mesh& mesh) {
  MeshReport report;
  const auto neighbours = neighboursOf(mesh);
  const auto uses = edgeUses(mesh, neighbours);
  size_t usedVertices = 0;
  for (uint32_t v = 0; v < neighbours.vertexCount(); ++v) {
    const bool isUsed = !neighbours.of(v).empty();
    (isUsed ? usedVertices : report.isolatedVertices) += 1;
    for (size_t i = neighbours.offsets[v]; i < neighbours.offsets[v + 1]; ++i) {
      if (neighbours.vertices[i] < v) continue;
      ++report.edges;
      if (uses[i] == 1) ++report.borderEdges;
      if (uses[i] > 2) ++report.overusedEdges;
    }
  }
  for (const float area : triangleAreas(mesh))
    if (!(area > 0)) ++report.degenerateTriangles;
  const auto parts = connectedComponents(neighbours);
  report.components = parts.count - report.isolatedVertices;
  report.eulerCharacteristic = static_cast<int64_t>(usedVertices) - static_cast<int64_t>(report.edges) +
                               static_cast<int64_t>(mesh.triangles.size());
  return report;
}

}  // namespace corticast
