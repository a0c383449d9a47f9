#include "widgets/cortex/cortex_surfaces.h"

#include <algorithm>

#include "core/base/parallel.h"
#include "core/surface/levels.h"

namespace corticast {
namespace {

constexpr uint32_t kFsaverage5Vertices = 10242;

bool livesOnFsaverage5(const Study* study) {
  if (!study) return true;
  for (const Subject& subject : study->subjects)
    for (const HemisphereData& hemisphere : subject.hemispheres)
      if (!hemisphere.vertices.empty() && hemisphere.vertices.back() >= kFsaverage5Vertices) return false;
  return true;
}

CortexSurfaces::Side loadSide(const Template& fsaverage, Hemisphere hemisphere) {
  CortexSurfaces::Side side;
  for (const SurfaceKind kind : kSurfaceKinds) side.positions[kind] = fsaverage.mesh(hemisphere, kind).positions;
  const Mesh& inflated = fsaverage.mesh(hemisphere, SurfaceKind::Inflated);
  side.triangles = inflated.triangles;
  side.flatTriangles = fsaverage.mesh(hemisphere, SurfaceKind::Flat).triangles;
  side.curvature = fsaverage.curvature(hemisphere);
  if (fsaverage.level() == SurfaceLevel::Fsaverage) {
    side.coarseTriangles = atLevel(inflated, SurfaceLevel::Fsaverage5).triangles;
    side.coarseVertices = kFsaverage5Vertices;
    side.order = std::make_shared<const DrawOrder>(drawOrder(inflated));
  }
  return side;
}

/// The full template where the study needs it; when it is not installed, the small one and what to do about it.
Template openTemplate(const Study* study, std::string& remark) {
  if (livesOnFsaverage5(study)) return Template::open(SurfaceLevel::Fsaverage5);
  try {
    return Template::open(SurfaceLevel::Fsaverage);
  } catch (const Error& missing) {
    Template small = Template::open(SurfaceLevel::Fsaverage5);
    remark = "Shown on fsaverage5, with every 16th vertex: the full template is missing. " + missing.parts().remedy;
    return small;
  }
}

}  // namespace

std::shared_ptr<const CortexSurfaces> loadSurfaces(const Study* study) {
  auto surfaces = std::make_shared<CortexSurfaces>();
  const Template fsaverage = openTemplate(study, surfaces->remark);
  surfaces->name = toString(fsaverage.level());
  // One hemisphere per thread: reading takes longest.
  parallelFor(kHemispheres.size(), 2, [&](size_t i) { surfaces->sides[i] = loadSide(fsaverage, kHemispheres[i]); });
  return surfaces;
}

CortexGeometry CortexSurfaces::geometry(Hemisphere hemisphere, SurfaceKind kind) const {
  const Side& side = of(hemisphere);
  const bool isFlat = kind == SurfaceKind::Flat;
  return {.positions = side.positions.at(kind),
          .triangles = isFlat ? side.flatTriangles : side.triangles,
          .curvature = side.curvature,
          .coarseTriangles = isFlat ? std::vector<Triangle>() : side.coarseTriangles,
          .coarseVertices = isFlat ? 0 : side.coarseVertices,
          .order = isFlat ? nullptr : side.order,
          .isClosed = !isFlat};
}

std::vector<Position> morphed(const std::vector<Position>& from, const std::vector<Position>& to, double share) {
  std::vector<Position> places(from.size());
  const auto weight = static_cast<float>(share);
  std::ranges::transform(from, to, places.begin(), [weight](const Position& a, const Position& b) {
    return Position{a[0] + weight * (b[0] - a[0]), a[1] + weight * (b[1] - a[1]), a[2] + weight * (b[2] - a[2])};
  });
  return places;
}

}  // namespace corticast
