#include "core/surface/topology.h"

#include <algorithm>

namespace corticast {

Neighbours neighboursOf(const Mesh& mesh) {
  const size_t count = mesh.vertexCount();
  std::vector<uint32_t> starts(count + 1, 0);
  for (const Triangle& triangle : mesh.triangles)
    for (const int32_t vertex : triangle) starts[static_cast<size_t>(vertex) + 1] += 2;
  for (size_t v = 0; v < count; ++v) starts[v + 1] += starts[v];
  std::vector<uint32_t> ends(starts.begin(), starts.end() - 1);
  std::vector<uint32_t> all(starts.back());
  for (const Triangle& triangle : mesh.triangles)
    for (size_t i = 0; i < 3; ++i)
      for (const size_t step : {1, 2})
        all[ends[static_cast<size_t>(triangle[i])]++] = static_cast<uint32_t>(triangle[(i + step) % 3]);
  Neighbours neighbours;
  neighbours.offsets.reserve(count + 1);
  neighbours.offsets.push_back(0);
  neighbours.vertices.reserve(all.size() / 2 + count);
  for (size_t v = 0; v < count; ++v) {
    const auto begin = all.begin() + starts[v];
    const auto end = all.begin() + starts[v + 1];
    std::sort(begin, end);
    neighbours.vertices.insert(neighbours.vertices.end(), begin, std::unique(begin, end));
    neighbours.offsets.push_back(static_cast<uint32_t>(neighbours.vertices.size()));
  }
  return neighbours;
}

std::vector<uint32_t> edgeUses(const Mesh& mesh, const Neighbours& neighbours) {
  std::vector<uint32_t> uses(neighbours.vertices.size(), 0);
  const auto entryOf = [&](int32_t from, int32_t to) {
    const auto begin = neighbours.vertices.begin() + neighbours.offsets[static_cast<size_t>(from)];
    const auto end = neighbours.vertices.begin() + neighbours.offsets[static_cast<size_t>(from) + 1];
    return std::lower_bound(begin, end, static_cast<uint32_t>(to)) - neighbours.vertices.begin();
  };
  for (const Triangle& triangle : mesh.triangles)
    for (size_t i = 0; i < 3; ++i) {
      const int32_t a = triangle[i];
      const int32_t b = triangle[(i + 1) % 3];
      ++uses[static_cast<size_t>(entryOf(a, b))];
      ++uses[static_cast<size_t>(entryOf(b, a))];
    }
  return uses;
}

Components connectedComponents(const Neighbours& neighbours, const std::vector<bool>& isInside) {
  Components components;
  components.of.assign(neighbours.vertexCount(), Components::kOutside);
  const auto belongs = [&](uint32_t v) {
    return (isInside.empty() || isInside[v]) && components.of[v] == Components::kOutside;
  };
  std::vector<uint32_t> open;
  for (uint32_t seed = 0; seed < neighbours.vertexCount(); ++seed) {
    if (!belongs(seed)) continue;
    const auto number = static_cast<uint32_t>(components.count++);
    components.of[seed] = number;
    open.assign(1, seed);
    while (!open.empty()) {
      const uint32_t vertex = open.back();
      open.pop_back();
      for (const uint32_t next : neighbours.of(vertex)) {
        if (!belongs(next)) continue;
        components.of[next] = number;
        open.push_back(next);
      }
    }
  }
  return components;
}

}  // namespace corticast
