#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/surface/mesh.h"

namespace corticast {

/// Who shares an edge with whom: the neighbours of vertex v are `vertices[offsets[v] .. offsets[v + 1])`, ascending.
struct Neighbours {
  std::vector<uint32_t> offsets;   ///< [vertices + 1]
  std::vector<uint32_t> vertices;  ///< each edge twice, once from either end

  [[nodiscard]] size_t vertexCount() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  [[nodiscard]] std::span<const uint32_t> of(uint32_t vertex) const {
    return {vertices.data() + offsets[vertex], offsets[vertex + 1] - offsets[vertex]};
  }
};

[[nodiscard]] Neighbours neighboursOf(const Mesh& mesh);

/// How many triangles each entry of `neighbours.vertices` (an edge seen from one end) belongs to.
[[nodiscard]] std::vector<uint32_t> edgeUses(const Mesh& mesh, const Neighbours& neighbours);

/// Which connected part each vertex is in.
struct Components {
  std::vector<uint32_t> of;  ///< [vertices] 0 .. count - 1, or kOutside
  size_t count = 0;

  static constexpr uint32_t kOutside = UINT32_MAX;
};

/// Connected parts of the vertices with `isInside` (empty: all vertices), numbered by their lowest vertex.
[[nodiscard]] Components connectedComponents(const Neighbours& neighbours, const std::vector<bool>& isInside = {});

}  // namespace corticast
