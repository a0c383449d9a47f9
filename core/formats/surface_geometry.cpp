#include "core/formats/surface_geometry.h"

#include <cmath>

#include "core/base/error.h"

namespace corticast {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& why) {
  throw Error(
      {.what = "read surface", .where = where, .why = why, .remedy = "the file is damaged: fetch or export it again"});
}

}  // namespace

void checkGeometry(const SurfaceGeometry& geometry, const std::string& where) {
  const auto count = static_cast<int64_t>(geometry.positions.size());
  for (size_t v = 0; v < geometry.positions.size(); ++v)
    for (const float coordinate : geometry.positions[v])
      if (!std::isfinite(coordinate)) fail(where, "the position of vertex " + std::to_string(v) + " is not finite");
  for (size_t t = 0; t < geometry.triangles.size(); ++t) {
    const auto& [a, b, c] = geometry.triangles[t];
    for (const int32_t vertex : {a, b, c})
      if (vertex < 0 || vertex >= count)
        fail(where, "triangle " + std::to_string(t) + " names vertex " + std::to_string(vertex) + ", but there are " +
                        std::to_string(count));
    if (a == b || b == c || a == c) fail(where, "triangle " + std::to_string(t) + " names a vertex twice");
  }
}

}  // namespace corticast
