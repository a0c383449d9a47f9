#include "core/features/resample.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/formats/image.h"

namespace corticast {
namespace {

struct Span {
  size_t first = 0;
  std::vector<float> weights;  ///< of the source pixels from `first` on; sum 1
};

std::vector<Span> spansOf(size_t source, size_t size) {
  std::vector<Span> spans(size);
  const double ratio = static_cast<double>(source) / static_cast<double>(size);
  for (size_t i = 0; i < size; ++i) {
    const double begin = static_cast<double>(i) * ratio;
    const double end = std::min(begin + ratio, static_cast<double>(source));
    spans[i].first = static_cast<size_t>(begin);
    for (size_t x = spans[i].first; x < source && static_cast<double>(x) < end; ++x) {
      const double inside = std::min(end, static_cast<double>(x + 1)) - std::max(begin, static_cast<double>(x));
      spans[i].weights.push_back(static_cast<float>(std::max(inside, 0.0) / ratio));
    }
  }
  return spans;
}

}  // namespace

std::array<Matrix<float>, 3> resampledPlanes(const Image& picture, size_t size) {
  const auto width = static_cast<size_t>(picture.width);
  const auto height = static_cast<size_t>(picture.height);
  const size_t side = std::min(width, height);
  const uint8_t* corner = picture.rgb.data() + 3 * ((height - side) / 2 * width + (width - side) / 2);
  const std::vector<Span> spans = spansOf(side, size);

  std::array<Matrix<float>, 3> planes{Matrix<float>(size, size), Matrix<float>(size, size), Matrix<float>(size, size)};
  std::vector<float> line(3 * side);
  for (size_t y = 0; y < size; ++y) {
    std::ranges::fill(line, 0.0F);
    for (size_t k = 0; k < spans[y].weights.size(); ++k) {
      const uint8_t* row = corner + 3 * (spans[y].first + k) * width;
      const float weight = spans[y].weights[k] / 255.0F;
      for (size_t i = 0; i < line.size(); ++i) line[i] += weight * static_cast<float>(row[i]);
    }
    for (size_t x = 0; x < size; ++x)
      for (size_t k = 0; k < spans[x].weights.size(); ++k)
        for (size_t channel = 0; channel < 3; ++channel)
          planes[channel](y, x) += spans[x].weights[k] * line[3 * (spans[x].first + k) + channel];
  }
  return planes;
}

}  // namespace corticast
