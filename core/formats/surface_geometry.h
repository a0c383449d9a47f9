#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace corticast {

/// A triangle mesh as surface files hold it: positions in mm [vertices x 3] and vertex numbers [triangles x 3].
struct SurfaceGeometry {
  std::vector<std::array<float, 3>> positions;
  std::vector<std::array<int32_t, 3>> triangles;
};

/// Throws Error (`where` names the file) when a triangle names a vertex that is absent or one vertex twice, or a
/// position is not finite. Every reader of geometry ends with it.
void checkGeometry(const SurfaceGeometry& geometry, const std::string& where);

}  // namespace corticast
