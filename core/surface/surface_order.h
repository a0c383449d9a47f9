#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/surface/mesh.h"

namespace corticast {

/// Some vertices of a hemisphere one after another along the surface, so that neighbours in the order are neighbours on
/// the cortex: their positions on the sphere, on which sulci lie open, are laid flat around their middle (azimuthal
/// equidistant projection) and visited along a Hilbert curve (Hilbert 1891) over the square around them.
/// Returns indices into `onSphere` (mm, about (0, 0, 0)); equal places keep their order.
[[nodiscard]] std::vector<uint32_t> orderAlongSurface(std::span<const Position> onSphere);

}  // namespace corticast
