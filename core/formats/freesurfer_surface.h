#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/formats/surface_geometry.h"

/// FreeSurfer's binary geometry (big-endian), e.g. `lh.white`, `lh.inflated`, and its patches, e.g.
/// `lh.cortex.patch.flat`. Damaged, cut or lying files are an Error.
namespace corticast {

/// Reads a triangle surface (magic FF FF FE). The tags that may follow (the volume's geometry) are not needed and not
/// read. The older quadrangle formats are refused with a word on converting them.
[[nodiscard]] SurfaceGeometry readFreesurferSurface(const std::filesystem::path& path);

/// Writes a triangle surface; equal geometry gives equal files.
void writeFreesurferSurface(const std::filesystem::path& path, const SurfaceGeometry& geometry);

/// The part of a surface that was cut out, and where it was laid. Triangles are not stored: they are those of the whole
/// surface with all three vertices present (surface/flat.h).
struct FreesurferPatch {
  std::vector<int32_t> vertices;                ///< numbers in the whole surface, each at most once
  std::vector<std::array<float, 3>> positions;  ///< mm, one per entry of `vertices`
  std::vector<bool> isBorder;                   ///< on the rim or a cut
};

[[nodiscard]] FreesurferPatch readFreesurferPatch(const std::filesystem::path& path);

}  // namespace corticast
