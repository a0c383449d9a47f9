#pragma once
#include "core/base/matrix.h"

namespace corticast {

/// Sine and cosine waves over each axis, as transformers encode positions (Vaswani et al. 2017, section 3.5):
/// for i = 0 .. width/2 - 1, entry 2i is sin(u * scale / base^(2i / width)) and entry 2i + 1 the cosine of the same.
struct PositionEncoding {
  int width = 32;  ///< values per axis, even
  double scale = 100;
  double base = 10000;
};

/// [vertices x 3] in [0, 1] -> [vertices x 3 * width]: the values of the first axis, then of the second, then the
/// third.
[[nodiscard]] Matrix<float> encodePositions(MatrixView<const float> positions, const PositionEncoding& encoding);

}  // namespace corticast
