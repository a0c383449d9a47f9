#pragma once
#include <array>
#include <cstddef>

#include "core/base/matrix.h"

namespace corticast {

struct Image;

/// The picture's centre square, resampled to size x size by area: every result pixel is the mean over its rectangle of
/// the source, in which a source pixel counts with the part of it that lies inside. Red, green and blue planes, 0..1.
[[nodiscard]] std::array<Matrix<float>, 3> resampledPlanes(const Image& picture, size_t size);

}  // namespace corticast
