#include "core/surface/label_border.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/base/error.h"

namespace corticast {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

/// Crossed edges as nodes, with the two pieces of border (one per triangle) that meet there.
struct BorderGraph {
  std::vector<BorderPoint> points;
  std::vector<std::array<uint32_t, 2>> next;
};

/// The crossed edges of one triangle: the one vertex that stands alone, against either of the other two.
std::array<BorderPoint, 2> crossedEdges(const Triangle& triangle, const std::vector<bool>& isInside) {
  std::array<bool, 3> inside{};
  for (size_t i = 0; i < 3; ++i) inside[i] = isInside[static_cast<size_t>(triangle[i])];
  const size_t lone = inside[1] == inside[2] ? 0 : inside[0] == inside[2] ? 1 : 2;
  std::array<BorderPoint, 2> points;
  for (size_t i = 0; i < 2; ++i) {
    const auto alone = static_cast<uint32_t>(triangle[lone]);
    const auto other = static_cast<uint32_t>(triangle[(lone + 1 + i) % 3]);
    points[i] = inside[lone] ? BorderPoint{alone, other} : BorderPoint{other, alone};
  }
  return points;
}

BorderGraph graphOf(const Mesh& mesh, const std::vector<bool>& isInside) {
  std::vector<std::array<BorderPoint, 2>> pieces;
  for (const Triangle& triangle : mesh.triangles) {
    const bool first = isInside[static_cast<size_t>(triangle[0])];
    if (isInside[static_cast<size_t>(triangle[1])] != first || isInside[static_cast<size_t>(triangle[2])] != first)
      pieces.push_back(crossedEdges(triangle, isInside));
  }
  const auto keyOf = [](const BorderPoint& p) { return static_cast<uint64_t>(p.inside) << 32 | p.outside; };
  BorderGraph graph;
  for (const auto& piece : pieces) graph.points.insert(graph.points.end(), piece.begin(), piece.end());
  std::sort(graph.points.begin(), graph.points.end(), [&](auto& a, auto& b) { return keyOf(a) < keyOf(b); });
  graph.points.erase(std::unique(graph.points.begin(), graph.points.end()), graph.points.end());
  graph.next.assign(graph.points.size(), {kNone, kNone});
  std::unordered_map<uint64_t, uint32_t> indexOf;
  for (uint32_t i = 0; i < graph.points.size(); ++i) indexOf[keyOf(graph.points[i])] = i;
  for (const auto& [a, b] : pieces) {
    const uint32_t ends[2]{indexOf[keyOf(a)], indexOf[keyOf(b)]};
    for (const size_t side : {0, 1}) {
      auto& slots = graph.next[ends[side]];
      // An edge of three triangles has no one border through it: the third piece is left out.
      if (slots[0] == kNone)
        slots[0] = ends[1 - side];
      else if (slots[1] == kNone)
        slots[1] = ends[1 - side];
    }
  }
  return graph;
}

BorderLine walk(const BorderGraph& graph, uint32_t start, std::vector<bool>& isDone) {
  BorderLine line{.points = {}, .isClosed = false};
  uint32_t at = start;
  while (at != kNone && !isDone[at]) {
    isDone[at] = true;
    line.points.push_back(graph.points[at]);
    uint32_t following = kNone;
    for (const uint32_t next : graph.next[at]) {
      if (next == kNone) continue;
      if (!isDone[next] && following == kNone) following = next;
      if (next == start && line.points.size() > 2) line.isClosed = following == kNone;
    }
    at = following;
  }
  return line;
}

}  // namespace

std::vector<BorderLine> labelBorder(const Mesh& mesh, const std::vector<bool>& isInside) {
  if (isInside.size() != mesh.vertexCount())
    throw Error({.what = "find border",
                 .where = "vertex set",
                 .why = "it marks " + std::to_string(isInside.size()) + " vertices, the surface has " +
                        std::to_string(mesh.vertexCount()),
                 .remedy = "use a vertex set of the same surface level"});
  const BorderGraph graph = graphOf(mesh, isInside);
  std::vector<bool> isDone(graph.points.size(), false);
  std::vector<BorderLine> lines;
  // Open lines first and from an end, so that none is cut in two.
  for (const bool wantsEnds : {true, false})
    for (uint32_t i = 0; i < graph.points.size(); ++i)
      if (!isDone[i] && (graph.next[i][1] == kNone) == wantsEnds) lines.push_back(walk(graph, i, isDone));
  return lines;
}

std::vector<Position> positionsOf(const BorderLine& line, const Mesh& mesh) {
  std::vector<Position> positions;
  positions.reserve(line.points.size());
  for (const auto& [inside, outside] : line.points) {
    Position& middle = positions.emplace_back();
    for (size_t i = 0; i < 3; ++i) middle[i] = 0.5f * (mesh.positions[inside][i] + mesh.positions[outside][i]);
  }
  return positions;
}

}  // namespace corticast
