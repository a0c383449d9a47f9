#include "core/surface/draw_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/surface/geometry.h"

namespace corticast {
namespace {

constexpr uint64_t kCells = 1 << 20;  // per axis

/// Puts two zero bits behind each of the low 21 bits.
uint64_t spread(uint64_t bits) {
  bits &= 0x1FFFFF;
  bits = (bits | bits << 32) & 0x1F00000000FFFFull;
  bits = (bits | bits << 16) & 0x1F0000FF0000FFull;
  bits = (bits | bits << 8) & 0x100F00F00F00F00Full;
  bits = (bits | bits << 4) & 0x10C30C30C30C30C3ull;
  bits = (bits | bits << 2) & 0x1249249249249249ull;
  return bits;
}

std::vector<uint64_t> mortonCodes(const Mesh& mesh) {
  const Bounds bounds = boundsOf(mesh);
  float extent = 0;
  for (size_t i = 0; i < 3; ++i) extent = std::max(extent, bounds.high[i] - bounds.low[i]);
  const float scale = extent > 0 ? static_cast<float>(kCells - 1) / extent : 0.0f;
  std::vector<bool> isUsed(mesh.vertexCount(), false);
  for (const Triangle& triangle : mesh.triangles)
    for (const int32_t vertex : triangle) isUsed[static_cast<size_t>(vertex)] = true;
  std::vector<uint64_t> codes(mesh.vertexCount(), UINT64_MAX);
  for (size_t v = 0; v < codes.size(); ++v) {
    if (!isUsed[v]) continue;
    codes[v] = 0;
    for (size_t i = 0; i < 3; ++i)
      codes[v] |= spread(static_cast<uint64_t>((mesh.positions[v][i] - bounds.low[i]) * scale)) << i;
  }
  return codes;
}

}  // namespace

DrawOrder drawOrder(const Mesh& mesh) {
  DrawOrder order;
  const auto codes = mortonCodes(mesh);
  order.vertices.resize(mesh.vertexCount());
  std::iota(order.vertices.begin(), order.vertices.end(), 0u);
  std::stable_sort(order.vertices.begin(), order.vertices.end(),
                   [&](uint32_t a, uint32_t b) { return codes[a] < codes[b]; });
  order.newNumbers.resize(order.vertices.size());
  for (uint32_t i = 0; i < order.vertices.size(); ++i) order.newNumbers[order.vertices[i]] = i;
  order.triangles.reserve(mesh.triangles.size());
  for (const Triangle& triangle : mesh.triangles) {
    Triangle renumbered{};
    for (size_t i = 0; i < 3; ++i)
      renumbered[i] = static_cast<int32_t>(order.newNumbers[static_cast<size_t>(triangle[i])]);
    // Turned so that the lowest number is first: the way round is kept, and sorting groups neighbours.
    std::rotate(renumbered.begin(), std::min_element(renumbered.begin(), renumbered.end()), renumbered.end());
    order.triangles.push_back(renumbered);
  }
  std::sort(order.triangles.begin(), order.triangles.end());
  return order;
}

}  // namespace corticast
