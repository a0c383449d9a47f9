#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/surface/mesh.h"

namespace corticast {

/// Finds the first triangle of a mesh that a ray meets. Triangles are taken in blocks as they come, with a box around
/// each block; so it is quickest where neighbours in the mesh are neighbours in memory (draw_order.h). Made anew when
/// positions change: for fsaverage that takes some milliseconds, and a pick a small part of one.
///
///     const RayPicker picker(positions, triangles);
///     if (const auto hit = picker.firstHit(positions, triangles, from, to)) mark(triangles[hit->triangle]);
class RayPicker {
 public:
  using Point = std::array<double, 3>;

  struct Hit {
    size_t triangle = 0;
    double distance = 0;  ///< along the ray: 0 at `from`, 1 at `to`
    Point place{};
  };

  RayPicker() = default;
  RayPicker(std::span<const Position> positions, std::span<const Triangle> triangles);

  /// Positions and triangles must be those that the picker was made of. Both sides of a triangle count; a ray along its
  /// plane does not meet it.
  [[nodiscard]] std::optional<Hit> firstHit(std::span<const Position> positions, std::span<const Triangle> triangles,
                                            const Point& from, const Point& to) const;

 private:
  struct Box {
    Position low, high;
  };
  std::vector<Box> m_boxes;
};

}  // namespace corticast
