#include "core/formats/image.h"

#include <algorithm>
#include <string_view>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/internal/image_codec.h"
#include "core/formats/mapped_file.h"

namespace corticast {
namespace {

enum class Codec { Png, Jpeg };

Codec codecOf(std::span<const std::byte> file, const std::string& where) {
  const std::string_view start(reinterpret_cast<const char*>(file.data()), std::min<size_t>(file.size(), 8));
  if (start == std::string_view("\x89PNG\r\n\x1a\n", 8)) return Codec::Png;
  if (start.substr(0, 3) == "\xff\xd8\xff") return Codec::Jpeg;
  failReadingImage(where, file.empty() ? "the file is empty" : "it is neither a PNG nor a JPEG picture");
}

}  // namespace

void failReadingImage(const std::string& where, const std::string& why) {
  throw Error({.what = "read picture",
               .where = where,
               .why = why,
               .remedy = "copy the picture again, or save it as PNG with an image program"});
}

void checkImageSize(int64_t width, int64_t height, const std::string& where) {
  if (width <= 0 || height <= 0 || width > kMaxImagePixels / height)
    throw Error({.what = "read picture",
                 .where = where,
                 .why = "it has " + std::to_string(width) + " x " + std::to_string(height) + " pixels; at most " +
                        thousands(kMaxImagePixels) + " are read",
                 .remedy = "scale the picture down"});
}

int exifOrientation(std::span<const std::byte> tiff) {
  const auto byteAt = [&](size_t i) { return i < tiff.size() ? std::to_integer<uint32_t>(tiff[i]) : 0u; };
  const bool isBig = byteAt(0) == 'M';
  if (tiff.size() < 8 || byteAt(0) != byteAt(1) || (!isBig && byteAt(0) != 'I')) return 1;
  const auto number = [&](size_t at, size_t bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; ++i) value |= byteAt(at + i) << 8 * (isBig ? bytes - 1 - i : i);
    return value;
  };
  constexpr uint32_t kOrientationTag = 0x0112, kShortType = 3;
  const size_t directory = number(4, 4);
  if (directory > tiff.size()) return 1;
  const size_t entries = number(directory, 2);
  for (size_t i = 0; i < entries; ++i) {
    const size_t at = directory + 2 + 12 * i;
    if (at + 12 > tiff.size()) return 1;
    if (number(at, 2) != kOrientationTag || number(at + 2, 2) != kShortType) continue;
    const auto orientation = static_cast<int>(number(at + 8, 2));
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

Image decodeImage(std::span<const std::byte> file, const std::string& where) {
  return codecOf(file, where) == Codec::Png ? decodePng(file, where) : decodeJpeg(file, where);
}

ImageInfo decodeImageInfo(std::span<const std::byte> file, const std::string& where) {
  return codecOf(file, where) == Codec::Png ? pngInfo(file, where) : jpegInfo(file, where);
}

Image readImage(const std::filesystem::path& path) {
  return decodeImage(MappedFile(path).bytes(), path.string());
}

Image turnedUpright(Image image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  const bool swapsAxes = orientation >= 5;
  const bool fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image turned{.width = swapsAxes ? image.height : image.width,
               .height = swapsAxes ? image.width : image.height,
               .rgb = std::vector<uint8_t>(image.rgb.size())};
  uint8_t* out = turned.rgb.data();
  for (int y = 0; y < turned.height; ++y)
    for (int x = 0; x < turned.width; ++x, out += 3) {
      const int column = swapsAxes ? y : x, row = swapsAxes ? x : y;
      const auto from =
          static_cast<size_t>(fromBottom ? image.height - 1 - row : row) * static_cast<size_t>(image.width) +
          static_cast<size_t>(fromRight ? image.width - 1 - column : column);
      std::copy_n(image.rgb.data() + 3 * from, 3, out);
    }
  return turned;
}

Image readUprightImage(const std::filesystem::path& path) {
  const MappedFile file(path);
  return turnedUpright(decodeImage(file.bytes(), path.string()),
                       decodeImageInfo(file.bytes(), path.string()).orientation);
}

ImageInfo readImageInfo(const std::filesystem::path& path) {
  return decodeImageInfo(MappedFile(path).bytes(), path.string());
}

ImageSize readImageSize(const std::filesystem::path& path) {
  return readImageInfo(path).size;
}

void writePng(const std::filesystem::path& path, const Image& image) {
  writeFileAtomically(path, encodePng(image));
}

}  // namespace corticast
