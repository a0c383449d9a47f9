#pragma once
#include <array>
#include <span>

#include "core/features/pillow_resize.h"
#include "core/formats/image.h"

namespace corticast {

/// How a network wants its pictures: what torchvision's transforms do to a Pillow picture, number for number.
struct Preprocessing {
  enum class Fit {
    Stretch,     ///< resized to side x side, whatever its proportions
    CentreCrop,  ///< shorter side resized to `shorterSide`, the centre side x side cut out
    Pad,         ///< longer side resized to `side`, zeros to the right and below (SAM)
  };
  Fit fit = Fit::Stretch;
  int side = 224;
  int shorterSide = 224;  ///< CentreCrop only
  ResizeFilter filter = ResizeFilter::Bilinear;
  std::array<float, 3> mean = {0.485F, 0.456F, 0.406F};  ///< ImageNet's; of values 0..1
  std::array<float, 3> deviation = {0.229F, 0.224F, 0.225F};

  [[nodiscard]] size_t valueCount() const { return 3U * static_cast<size_t>(side) * static_cast<size_t>(side); }
  /// (value / 255 - mean) / deviation as planes [3 x side x side]; padding is 0. `out` has valueCount() places.
  void apply(const Image& picture, std::span<float> out) const;
};

}  // namespace corticast
