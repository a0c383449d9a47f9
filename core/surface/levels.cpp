#include "core/surface/levels.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

constexpr int32_t kNone = -1;

[[noreturn]] void failNesting(const std::string& why) {
  throw Error({.what = "make coarser surface",
               .where = "triangles",
               .why = why,
               .remedy = "use a surface of fsaverage or one of its levels"});
}

/// The two ends, in the coarser mesh, of the edge that each new vertex halves.
using Parents = std::vector<std::array<int32_t, 2>>;

Parents parentsOf(const std::vector<Triangle>& triangles, int32_t coarse, size_t vertexCount) {
  Parents parents(vertexCount - static_cast<size_t>(coarse), {kNone, kNone});
  for (const Triangle& triangle : triangles)
    for (const int32_t from : triangle)
      for (const int32_t to : triangle) {
        if (from < coarse && to < coarse && from != to) failNesting("two vertices of the coarser level are neighbours");
        if (from < coarse || to >= coarse) continue;
        auto& ends = parents[static_cast<size_t>(from - coarse)];
        if (ends[0] == to || ends[1] == to) continue;
        if (ends[1] != kNone) failNesting("vertex " + std::to_string(from) + " does not halve one edge");
        ends[ends[0] == kNone ? 0 : 1] = to;
      }
  return parents;
}

int32_t sharedParent(const std::array<int32_t, 2>& a, const std::array<int32_t, 2>& b) {
  int32_t shared = kNone;
  for (const int32_t parent : a)
    if (parent != kNone && (parent == b[0] || parent == b[1])) {
      if (shared != kNone) failNesting("two vertices halve the same edge");
      shared = parent;
    }
  if (shared == kNone) failNesting("a triangle's middles do not meet in its corners");
  return shared;
}

/// A triangle of the coarser level and the middles of its edges, first to second corner first.
struct SplitTriangle {
  Triangle corners;
  Triangle middles;
};

std::vector<SplitTriangle> splitTriangles(const std::vector<Triangle>& triangles, size_t vertexCount) {
  if (vertexCount < 42 || (vertexCount + 6) % 4 != 0 || triangles.size() != 2 * vertexCount - 4)
    failNesting(thousands(vertexCount) + " vertices and " + thousands(triangles.size()) +
                " triangles are no finer icosahedral level");
  const auto coarse = static_cast<int32_t>((vertexCount + 6) / 4);
  const Parents parents = parentsOf(triangles, coarse, vertexCount);
  std::vector<SplitTriangle> splits;
  splits.reserve(triangles.size() / 4);
  for (const Triangle& triangle : triangles) {
    // Of the four parts of a triangle only the middle one has no old corner.
    if (std::any_of(triangle.begin(), triangle.end(), [&](int32_t v) { return v < coarse; })) continue;
    std::array<std::array<int32_t, 2>, 3> ends;
    for (size_t i = 0; i < 3; ++i) ends[i] = parents[static_cast<size_t>(triangle[i] - coarse)];
    splits.push_back(
        {.corners = {sharedParent(ends[2], ends[0]), sharedParent(ends[0], ends[1]), sharedParent(ends[1], ends[2])},
         .middles = triangle});
  }
  if (splits.size() * 4 != triangles.size()) failNesting("it is not every triangle of a coarser level split in four");
  return splits;
}

/// Turned so that the lowest number is first: equal for the same triangle of the same way round.
Triangle fromLowest(Triangle triangle) {
  std::rotate(triangle.begin(), std::min_element(triangle.begin(), triangle.end()), triangle.end());
  return triangle;
}

}  // namespace

size_t vertexCountOf(SurfaceLevel level) {
  return 10 * (size_t{1} << (2 * (static_cast<size_t>(level) + 3))) + 2;
}

std::string toString(SurfaceLevel level) {
  if (level == SurfaceLevel::Fsaverage) return "fsaverage";
  return "fsaverage" + std::to_string(static_cast<int>(level) + 3);
}

SurfaceLevel parseSurfaceLevel(std::string_view text, const std::string& where) {
  for (const SurfaceLevel level : kSurfaceLevels)
    if (text == toString(level)) return level;
  if (text == "fsaverage7") return SurfaceLevel::Fsaverage;
  throw Error({.what = "read surface level",
               .where = where,
               .why = "\"" + std::string(text) + "\" is no surface level",
               .remedy = "write fsaverage, fsaverage6, fsaverage5, fsaverage4 or fsaverage3"});
}

std::optional<SurfaceLevel> levelOf(size_t vertexCount) {
  for (const SurfaceLevel level : kSurfaceLevels)
    if (vertexCountOf(level) == vertexCount) return level;
  return std::nullopt;
}

std::vector<Triangle> coarserTriangles(const std::vector<Triangle>& triangles, size_t vertexCount) {
  std::vector<Triangle> coarser;
  coarser.reserve(triangles.size() / 4);
  for (const SplitTriangle& split : splitTriangles(triangles, vertexCount)) coarser.push_back(split.corners);
  return coarser;
}

std::vector<Triangle> coarserPart(const std::vector<Triangle>& part, const std::vector<Triangle>& whole,
                                  size_t vertexCount) {
  std::vector<Triangle> present;
  for (const Triangle& triangle : part) present.push_back(fromLowest(triangle));
  std::sort(present.begin(), present.end());
  const auto isPresent = [&](const Triangle& triangle) {
    return std::binary_search(present.begin(), present.end(), fromLowest(triangle));
  };
  std::vector<Triangle> coarser;
  for (const auto& [corners, middles] : splitTriangles(whole, vertexCount)) {
    const auto& [a, b, c] = corners;
    const auto& [ab, bc, ca] = middles;
    if (isPresent({a, ab, ca}) && isPresent({ab, b, bc}) && isPresent({ca, bc, c}) && isPresent(middles))
      coarser.push_back(corners);
  }
  return coarser;
}

Mesh atLevel(const Mesh& mesh, SurfaceLevel level) {
  const size_t wanted = vertexCountOf(level);
  if (!levelOf(mesh.vertexCount()) || wanted > mesh.vertexCount())
    failNesting("a surface of " + thousands(mesh.vertexCount()) + " vertices has no level of " + thousands(wanted));
  Mesh coarse = mesh;
  while (coarse.positions.size() > wanted) {
    coarse.triangles = coarserTriangles(coarse.triangles, coarse.positions.size());
    coarse.positions.resize((coarse.positions.size() + 6) / 4);
  }
  return coarse;
}

}  // namespace corticast
