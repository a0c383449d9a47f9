#pragma once
#include <cstdint>
#include <vector>

#include "core/formats/freesurfer_surface.h"
#include "core/surface/mesh.h"

namespace corticast {

/// A flattened piece of a hemisphere with only the vertices that are in it.
struct FlatPatch {
  Mesh mesh;                       ///< z is 0 in flat patches
  std::vector<uint32_t> vertices;  ///< [mesh vertices] the number of each in the whole hemisphere, ascending
};

/// The whole hemisphere laid flat, with its vertex numbers kept: vertices outside the patch are at (0, 0, 0) and in no
/// triangle. `whole` are the hemisphere's triangles; those with all three vertices in the patch are taken.
/// Throws Error when the patch names a vertex that the hemisphere has not.
[[nodiscard]] Mesh flatMesh(const FreesurferPatch& patch, const std::vector<Triangle>& whole, size_t vertexCount);

/// Leaves out every vertex that no triangle uses.
[[nodiscard]] FlatPatch compact(const Mesh& mesh);

}  // namespace corticast
