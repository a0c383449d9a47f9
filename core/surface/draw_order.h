#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/surface/mesh.h"

namespace corticast {

/// Another order of a mesh's vertices and triangles, in which neighbours in space are neighbours in memory (Morton
/// order): the same picture, drawn faster, as vertex caches hit (about a third off on a software renderer).
///
///     const auto order = drawOrder(mesh);
///     upload(order.sorted(std::span(mesh.positions)), order.triangles, order.sorted(std::span(values)));
///     picked = order.vertices[pickedInPicture];   // back to the hemisphere's number
struct DrawOrder {
  std::vector<uint32_t> vertices;    ///< [vertices] the old number of each new one
  std::vector<uint32_t> newNumbers;  ///< [vertices] the new number of each old one
  std::vector<Triangle> triangles;   ///< in new numbers, sorted too; each turns the same way as before

  /// Values per vertex, brought into the new order.
  template <typename T>
  [[nodiscard]] std::vector<T> sorted(std::span<const T> values) const {
    std::vector<T> out;
    out.reserve(vertices.size());
    for (const uint32_t old : vertices) out.push_back(values[old]);
    return out;
  }
};

/// The order by position; vertices that no triangle uses come last.
[[nodiscard]] DrawOrder drawOrder(const Mesh& mesh);

}  // namespace corticast
