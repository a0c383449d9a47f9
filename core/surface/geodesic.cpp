#include "core/surface/geodesic.h"

#include <cmath>
#include <queue>
#include <unordered_map>

#include "core/base/error.h"

namespace corticast {

GeodesicSearch::GeodesicSearch(const Mesh& mesh, Neighbours neighbours) : m_neighbours(std::move(neighbours)) {
  m_lengths.reserve(m_neighbours.vertices.size());
  for (uint32_t v = 0; v < m_neighbours.vertexCount(); ++v)
    for (const uint32_t other : m_neighbours.of(v)) {
      const Position& p = mesh.positions[v];
      const Position& q = mesh.positions[other];
      m_lengths.push_back(std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
    }
}

std::vector<ReachedVertex> GeodesicSearch::within(std::span<const uint32_t> seeds, float cutoffMm) const {
  using Entry = std::pair<float, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  std::unordered_map<uint32_t, float> best;
  for (const uint32_t seed : seeds) {
    if (seed >= m_neighbours.vertexCount())
      throw Error({.what = "measure distances",
                   .where = "seed " + std::to_string(seed),
                   .why = "the surface has " + std::to_string(m_neighbours.vertexCount()) + " vertices",
                   .remedy = "give vertices of this surface"});
    if (cutoffMm >= 0 && best.emplace(seed, 0.0f).second) open.emplace(0.0f, seed);
  }
  std::vector<ReachedVertex> reached;
  while (!open.empty()) {
    const auto [distance, vertex] = open.top();
    open.pop();
    if (distance > best[vertex]) continue;
    reached.push_back({vertex, distance});
    for (size_t i = m_neighbours.offsets[vertex]; i < m_neighbours.offsets[vertex + 1]; ++i) {
      const float farther = distance + m_lengths[i];
      if (!(farther <= cutoffMm)) continue;
      const auto [found, isNew] = best.emplace(m_neighbours.vertices[i], farther);
      if (!isNew && !(farther < found->second)) continue;
      found->second = farther;
      open.emplace(farther, m_neighbours.vertices[i]);
    }
  }
  return reached;
}

std::vector<float> GeodesicSearch::distances(std::span<const uint32_t> seeds, float cutoffMm) const {
  std::vector<float> all(m_neighbours.vertexCount(), std::numeric_limits<float>::infinity());
  for (const auto& [vertex, distance] : within(seeds, cutoffMm)) all[vertex] = distance;
  return all;
}

}  // namespace corticast
