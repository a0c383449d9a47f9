#include "core/training/vertex_positions.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/models/architecture.h"
#include "core/surface/geometry.h"
#include "core/surface/surface_order.h"
#include "core/training/target_group.h"

namespace corticast {
namespace {

/// What to add to x so that the hemispheres touch in the middle; 0 where they lie apart by themselves.
float besideMm(const Template& fsaverage, Hemisphere hemisphere, SurfaceKind surface) {
  if (surface == SurfaceKind::White || surface == SurfaceKind::Pial) return 0;
  const Bounds bounds = boundsOf(fsaverage.mesh(hemisphere, surface));
  return hemisphere == Hemisphere::Left ? -bounds.high[0] : -bounds.low[0];
}

std::vector<Position> positionsMm(const std::vector<HemisphereVertex>& vertices, const Template& fsaverage,
                                  SurfaceKind surface) {
  std::map<Hemisphere, float> shift;
  for (const Hemisphere hemisphere : kHemispheres) shift[hemisphere] = besideMm(fsaverage, hemisphere, surface);
  std::vector<Position> positions;
  for (const auto& [hemisphere, vertex] : vertices) {
    const Mesh& mesh = fsaverage.mesh(hemisphere, surface);
    if (vertex >= mesh.vertexCount())
      throw Error({.what = "find positions of vertices",
                   .where = toString(hemisphere) + " vertex " + std::to_string(vertex),
                   .why = toString(fsaverage.level()) + " has " + std::to_string(mesh.vertexCount()) +
                          " vertices in a hemisphere",
                   .remedy = "check the masks of the study, whose columns name vertices of fsaverage"});
    positions.push_back(mesh.positions[vertex]);
    positions.back()[0] += shift[hemisphere];
  }
  return positions;
}

void scaleToUnit(const std::vector<Position>& positions, VertexPositions& result) {
  result.relative = Matrix<float>(positions.size(), 3);
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto [low, high] = std::ranges::minmax(positions, {}, [&](const Position& p) { return p[axis]; });
    const float extent = result.extentMm[axis] = high[axis] - low[axis];
    for (size_t v = 0; v < positions.size(); ++v)
      result.relative(v, axis) = extent > 0 ? (positions[v][axis] - low[axis]) / extent : 0;
  }
}

std::vector<uint32_t> orderOf(const std::vector<HemisphereVertex>& vertices, const Template& fsaverage) {
  std::vector<uint32_t> order;
  for (const Hemisphere hemisphere : kHemispheres) {
    std::vector<uint32_t> own;
    std::vector<Position> onSphere;
    for (uint32_t i = 0; i < vertices.size(); ++i) {
      if (vertices[i].hemisphere != hemisphere) continue;
      own.push_back(i);
      onSphere.push_back(fsaverage.mesh(hemisphere, SurfaceKind::Sphere).positions[vertices[i].vertex]);
    }
    for (const uint32_t i : orderAlongSurface(onSphere)) order.push_back(own[i]);
  }
  return order;
}

}  // namespace

GroupVertices groupVertices(const TargetGroup& group) {
  const std::vector<std::string> subjects = group.subjects();
  const bool isShared = std::ranges::any_of(group.parts, [](const TargetPart& part) { return !part.outputs.empty(); });
  GroupVertices result;
  if (!isShared && subjects.size() > 1) result.heads = static_cast<int64_t>(subjects.size());
  std::map<HemisphereVertex, int64_t> places;
  if (result.heads == 1) result.vertices.resize(group.outputCount());
  for (size_t p = 0; p < group.parts.size(); ++p) {
    const TargetPart& part = group.parts[p];
    const std::vector<uint32_t> outputs = group.outputsOf(p);
    const int64_t head = std::ranges::find(subjects, part.subject) - subjects.begin();
    for (size_t i = 0; i < outputs.size(); ++i) {
      const HemisphereVertex vertex{part.hemisphere, part.vertices.at(i)};
      if (result.heads == 1) {
        result.vertices[outputs[i]] = vertex;
        continue;
      }
      const auto [place, isNew] = places.try_emplace(vertex, static_cast<int64_t>(places.size()));
      if (isNew) result.vertices.push_back(vertex);
      result.answers.push_back(place->second * result.heads + head);
    }
  }
  return result;
}

SurfaceLevel levelOf(const Study& study) {
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& data : subject.hemispheres)
      if (!data.vertices.empty() && data.vertices.back() >= vertexCountOf(SurfaceLevel::Fsaverage5))
        return SurfaceLevel::Fsaverage;
  return SurfaceLevel::Fsaverage5;
}

VertexPositions vertexPositions(const TargetGroup& group, const Template& fsaverage, SurfaceKind surface) {
  auto [vertices, heads, answers] = groupVertices(group);
  VertexPositions result{.relative = {}, .order = {}, .heads = heads, .answers = std::move(answers)};
  if (vertices.empty()) return result;
  scaleToUnit(positionsMm(vertices, fsaverage, surface), result);
  result.order = orderOf(vertices, fsaverage);
  return result;
}

std::vector<VertexPositions> positionsOf(const Cohort& cohort, const std::vector<TargetGroup>& groups,
                                         const Study& study) {
  std::vector<VertexPositions> all;
  std::optional<Template> fsaverage;
  for (const size_t index : cohort.groups) {
    const TargetGroup& group = groups.at(index);
    const std::string& param = architecture(group.settings.architecture).surfaceParam;
    all.emplace_back();
    if (param.empty()) continue;
    if (!fsaverage) fsaverage = Template::open(levelOf(study));
    const SurfaceKind surface = parseSurfaceKind(group.settings.model.at(param).get<std::string>(), group.id);
    all.back() = vertexPositions(group, *fsaverage, surface);
  }
  return all;
}

}  // namespace corticast
