#pragma once
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/data/study.h"
#include "core/surface/template.h"
#include "widgets/brain/cortex_geometry.h"

namespace corticast {

/// A template's surfaces as the view draws them; never changes once loaded.
struct CortexSurfaces {
  struct Side {
    std::map<SurfaceKind, std::vector<Position>> positions;  ///< one per vertex
    std::vector<Triangle> triangles;
    std::vector<Triangle> flatTriangles;  ///< those of the flat patch
    std::vector<Triangle> coarseTriangles;
    size_t coarseVertices = 0;
    std::vector<float> curvature;
    std::shared_ptr<const DrawOrder> order;  ///< null where the mesh is small
  };
  std::string name;  ///< "fsaverage5"
  std::array<Side, 2> sides;
  std::string remark;  ///< said to the person, e.g. that the full template is missing; empty = none

  [[nodiscard]] const Side& of(Hemisphere hemisphere) const { return sides[hemisphere == Hemisphere::Left ? 0 : 1]; }
  [[nodiscard]] size_t vertexCount() const { return sides[0].curvature.size(); }
  [[nodiscard]] CortexGeometry geometry(Hemisphere hemisphere, SurfaceKind kind) const;
};

/// Loads the template that a study's vertices live on: fsaverage5 when all of them are among its 10,242, else the full
/// fsaverage, and where that is not installed fsaverage5 with a remark. Slow (files): not for the UI thread.
/// Throws Error when no template is there.
[[nodiscard]] std::shared_ptr<const CortexSurfaces> loadSurfaces(const Study* study);

/// Places half-way between two surfaces of the same vertices: share 0 is `from`, 1 is `to`.
[[nodiscard]] std::vector<Position> morphed(const std::vector<Position>& from, const std::vector<Position>& to,
                                            double share);

}  // namespace corticast
