#include "core/features/preprocessing.h"

#include <algorithm>
#include <cmath>

namespace corticast {
namespace {

// Python's round(): halves to the even neighbour.
int roundedHalf(int difference) {
  return static_cast<int>(std::nearbyint(difference / 2.0));
}

// torchvision's Resize(int): the longer side is cut to a whole number, not rounded. Its CentreCrop rounds halves to
// even.
Image centreCrop(const Image& picture, const Preprocessing& how) {
  const int64_t shorter = std::min(picture.width, picture.height);
  const auto scaled = [&](int length) { return static_cast<int>(how.shorterSide * int64_t{length} / shorter); };
  const Image resized = pillowResize(picture, scaled(picture.width), scaled(picture.height), how.filter);
  return cropped(resized, roundedHalf(resized.width - how.side), roundedHalf(resized.height - how.side), how.side,
                 how.side);
}

// segment_anything's ResizeLongestSide.
Image longestSide(const Image& picture, const Preprocessing& how) {
  const double scale = how.side * 1.0 / std::max(picture.width, picture.height);
  const auto scaled = [&](int length) { return std::max(1, static_cast<int>(length * scale + 0.5)); };
  return pillowResize(picture, scaled(picture.width), scaled(picture.height), how.filter);
}

Image fitted(const Image& picture, const Preprocessing& how) {
  switch (how.fit) {
    case Preprocessing::Fit::CentreCrop:
      return centreCrop(picture, how);
    case Preprocessing::Fit::Pad:
      return longestSide(picture, how);
    case Preprocessing::Fit::Stretch:
      break;
  }
  return pillowResize(picture, how.side, how.side, how.filter);
}

}  // namespace

void Preprocessing::apply(const Image& picture, std::span<float> out) const {
  const Image image = fitted(picture, *this);
  const auto width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
  const auto extent = static_cast<size_t>(side);
  for (size_t channel = 0; channel < 3; ++channel) {
    std::array<float, 256> values{};
    for (size_t level = 0; level < values.size(); ++level)
      values[level] = (static_cast<float>(level) / 255.0F - mean[channel]) / deviation[channel];
    float* plane = out.data() + channel * extent * extent;
    for (size_t y = 0; y < extent; ++y) {
      float* row = plane + y * extent;
      const size_t filled = y < height ? width : 0;
      const uint8_t* pixel = image.rgb.data() + y * width * 3 + channel;
      for (size_t x = 0; x < filled; ++x) row[x] = values[pixel[x * 3]];
      std::fill(row + filled, row + extent, 0.0F);
    }
  }
}

}  // namespace corticast
