#pragma once
#include "core/formats/image.h"

namespace corticast::testing {

/// The picture of tests/oracles/gabor.py and backbones.py.
inline Image oraclePicture(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      image.rgb.push_back(static_cast<uint8_t>((x * 5 + y * 3 + (x * y) / 7) % 256));
      image.rgb.push_back(static_cast<uint8_t>(((x / 9 + y / 13) % 2 == 1 ? 220 : 30) - (x + 2 * y) % 29));
      image.rgb.push_back(static_cast<uint8_t>((x * x / 11 + y * 2) % 256));
    }
  return image;
}

}  // namespace corticast::testing
