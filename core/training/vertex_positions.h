#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <vector>

#include "core/base/matrix.h"
#include "core/surface/template.h"

namespace corticast {

struct Cohort;
struct Study;
struct TargetGroup;

/// A vertex of fsaverage.
struct HemisphereVertex {
  Hemisphere hemisphere{};
  uint32_t vertex = 0;
  friend auto operator<=>(const HemisphereVertex&, const HemisphereVertex&) = default;
};

/// The vertices that the outputs of a group's model speak of. Where subjects have a head each, outputs of several are
/// of one vertex.
struct GroupVertices {
  std::vector<HemisphereVertex> vertices;  ///< each once
  int64_t heads = 1;                       ///< the group's subjects, where they have outputs of their own
  std::vector<int64_t> answers;  ///< [outputs] with several heads: vertex * heads + head; else output v is vertex v
};
[[nodiscard]] GroupVertices groupVertices(const TargetGroup& group);

/// Where the vertices of a target group lie, for networks that see positions.
struct VertexPositions {
  /// [vertices x 3] in [0, 1]: coordinates minus the least of the group, over the group's extent, axis by axis; 0 along
  /// an axis on which all are equal.
  Matrix<float> relative;
  std::array<float, 3> extentMm{};  ///< what 1 is, per axis
  /// [vertices] one after another along the surface (surface_order.h), hemisphere by hemisphere.
  std::vector<uint32_t> order;
  int64_t heads = 1;                  ///< as GroupVertices
  std::vector<int64_t> answers = {};  ///< as GroupVertices
};

/// The level that the study lives on: fsaverage5 when none of its vertices is beyond it, else fsaverage.
[[nodiscard]] SurfaceLevel levelOf(const Study& study);

/// Positions of the group's vertices on a surface (not Flat) of `fsaverage`, which is at the study's level. The group
/// is moved and scaled as a whole: also with both hemispheres or several subjects, different vertices have different
/// positions. Inflated hemispheres and spheres, which lie over each other, are set side by side first, as they are in
/// the head. Throws Error when fsaverage lacks a vertex.
[[nodiscard]] VertexPositions vertexPositions(const TargetGroup& group, const Template& fsaverage, SurfaceKind surface);

/// For each group of a cohort, the positions on the surface that its architecture asks for; empty ones for groups whose
/// architecture needs none. Opens fsaverage only if one does. Throws Error as above, or when fsaverage is missing.
[[nodiscard]] std::vector<VertexPositions> positionsOf(const Cohort& cohort, const std::vector<TargetGroup>& groups,
                                                       const Study& study);

}  // namespace corticast
