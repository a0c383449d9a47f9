#pragma once
#include "core/formats/image.h"

namespace corticast {

enum class ResizeFilter { Bilinear, Bicubic };

/// Resized to width x height exactly as Pillow's Image.resize does for 8-bit pictures: the filter is widened by the
/// factor of reduction (so it antialiases), its weights are fixed-point numbers of 22 bits, columns come before rows
/// and the result between them is rounded to 8 bits (github.com/python-pillow/Pillow, src/libImaging/Resample.c;
/// bicubic with a = -0.5). Bit for bit Pillow's, tested against it. Pillow 13 takes rows first where a tall picture is
/// squeezed; the published networks were made before, and single values differ there by 1 of 255.
[[nodiscard]] Image pillowResize(const Image& image, int width, int height, ResizeFilter filter);

/// The part of the picture from (left, top), width x height, all inside it.
[[nodiscard]] Image cropped(const Image& image, int left, int top, int width, int height);

}  // namespace corticast
