#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "core/formats/image.h"

namespace corticast {

[[nodiscard]] ImageInfo pngInfo(std::span<const std::byte> file, const std::string& where);
[[nodiscard]] Image decodePng(std::span<const std::byte> file, const std::string& where);
[[nodiscard]] ImageInfo jpegInfo(std::span<const std::byte> file, const std::string& where);
[[nodiscard]] Image decodeJpeg(std::span<const std::byte> file, const std::string& where);

/// Orientation in a TIFF block as EXIF wraps it; 1 when it says nothing that can be used.
[[nodiscard]] int exifOrientation(std::span<const std::byte> tiff);

[[noreturn]] void failReadingImage(const std::string& where, const std::string& why);
/// Throws Error when a picture of that size is refused.
void checkImageSize(int64_t width, int64_t height, const std::string& where);

}  // namespace corticast
