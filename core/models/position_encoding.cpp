#include "core/models/internal/position_encoding.h"

#include <cmath>

namespace corticast {

Matrix<float> encodePositions(MatrixView<const float> positions, const PositionEncoding& encoding) {
  const auto width = static_cast<size_t>(encoding.width);
  Matrix<float> encoded(positions.rows(), positions.cols() * width);
  for (size_t i = 0; i < width / 2; ++i) {
    const double rate = encoding.scale / std::pow(encoding.base, 2.0 * static_cast<double>(i) / encoding.width);
    for (size_t v = 0; v < positions.rows(); ++v)
      for (size_t axis = 0; axis < positions.cols(); ++axis) {
        const double angle = static_cast<double>(positions(v, axis)) * rate;
        encoded(v, axis * width + 2 * i) = static_cast<float>(std::sin(angle));
        encoded(v, axis * width + 2 * i + 1) = static_cast<float>(std::cos(angle));
      }
  }
  return encoded;
}

}  // namespace corticast
