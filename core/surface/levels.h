#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/surface/mesh.h"

namespace corticast {

/// fsaverage's icosahedral levels. They nest: the vertices of a level are the first ones of every finer level, and its
/// triangles join four of the next. (On the sphere positions agree; white, pial and inflated surfaces of fsaverage5
/// were made per level and differ from fsaverage's by some tenths of a millimetre.)
enum class SurfaceLevel { Fsaverage3, Fsaverage4, Fsaverage5, Fsaverage6, Fsaverage };

inline constexpr std::array kSurfaceLevels{SurfaceLevel::Fsaverage3, SurfaceLevel::Fsaverage4, SurfaceLevel::Fsaverage5,
                                           SurfaceLevel::Fsaverage6, SurfaceLevel::Fsaverage};

/// Per hemisphere: 642, 2,562, 10,242, 40,962, 163,842.
[[nodiscard]] size_t vertexCountOf(SurfaceLevel level);
/// "fsaverage5"; the finest is "fsaverage".
[[nodiscard]] std::string toString(SurfaceLevel level);
/// Reads such a name ("fsaverage7" too); `where` names the origin in the error.
[[nodiscard]] SurfaceLevel parseSurfaceLevel(std::string_view text, const std::string& where);
/// The level with so many vertices per hemisphere.
[[nodiscard]] std::optional<SurfaceLevel> levelOf(size_t vertexCount);

/// The triangles of the next coarser level, of the same orientation. `triangles` are all of a level with `vertexCount`
/// vertices made by splitting every triangle in four; the coarser one has (vertexCount + 6) / 4. Throws Error when
/// they are not such a level.
[[nodiscard]] std::vector<Triangle> coarserTriangles(const std::vector<Triangle>& triangles, size_t vertexCount);

/// A piece of a level, brought to the next coarser one: the coarser triangles of which all four parts are in `part`.
/// (Taking those whose corners are there would bridge the cuts of a flat map.) `whole` are all triangles of the level.
[[nodiscard]] std::vector<Triangle> coarserPart(const std::vector<Triangle>& part, const std::vector<Triangle>& whole,
                                                size_t vertexCount);

/// The first vertices of a nested mesh and the triangles that belong to them, for drawing fewer or for a coarser study.
[[nodiscard]] Mesh atLevel(const Mesh& mesh, SurfaceLevel level);

}  // namespace corticast
