#include "core/surface/flat.h"

#include <algorithm>

#include "core/base/error.h"

namespace corticast {

Mesh flatMesh(const FreesurferPatch& patch, const std::vector<Triangle>& whole, size_t vertexCount) {
  Mesh mesh;
  mesh.positions.assign(vertexCount, Position{});
  std::vector<bool> isPresent(vertexCount, false);
  for (size_t i = 0; i < patch.vertices.size(); ++i) {
    const auto vertex = static_cast<size_t>(patch.vertices[i]);
    if (vertex >= vertexCount)
      throw Error(
          {.what = "lay surface flat",
           .where = "flat patch",
           .why = "it names vertex " + std::to_string(vertex) + " of a surface with " + std::to_string(vertexCount),
           .remedy = "use the patch and the surface of the same subject"});
    mesh.positions[vertex] = patch.positions[i];
    isPresent[vertex] = true;
  }
  for (const Triangle& triangle : whole)
    if (std::all_of(triangle.begin(), triangle.end(), [&](int32_t v) { return isPresent[static_cast<size_t>(v)]; }))
      mesh.triangles.push_back(triangle);
  return mesh;
}

FlatPatch compact(const Mesh& mesh) {
  std::vector<int32_t> numberOf(mesh.vertexCount(), -1);
  for (const Triangle& triangle : mesh.triangles)
    for (const int32_t vertex : triangle) numberOf[static_cast<size_t>(vertex)] = 0;
  FlatPatch patch;
  for (size_t v = 0; v < mesh.vertexCount(); ++v) {
    if (numberOf[v] < 0) continue;
    numberOf[v] = static_cast<int32_t>(patch.vertices.size());
    patch.vertices.push_back(static_cast<uint32_t>(v));
    patch.mesh.positions.push_back(mesh.positions[v]);
  }
  patch.mesh.triangles.reserve(mesh.triangles.size());
  for (const auto& [a, b, c] : mesh.triangles)
    patch.mesh.triangles.push_back(
        {numberOf[static_cast<size_t>(a)], numberOf[static_cast<size_t>(b)], numberOf[static_cast<size_t>(c)]});
  return patch;
}

}  // namespace corticast
