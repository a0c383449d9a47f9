#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace corticast {

/// Red, green, blue bytes, row by row from the top left: rgb[(y * width + x) * 3 + channel].
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;
};

struct ImageSize {
  int width = 0;
  int height = 0;
};

struct ImageInfo {
  ImageSize size;
  bool isJpeg = false;  ///< else PNG
  /// EXIF's orientation 1..8; 1 = upright, also where the file says nothing. Pixels are never turned by readImage.
  int orientation = 1;
};

/// More pixels than this are refused before anything is decoded.
inline constexpr int64_t kMaxImagePixels = 64'000'000;

/// Decodes a PNG or JPEG to RGB, as Pillow's Image.open(path).convert("RGB") does: alpha and transparency are
/// dropped, grey is repeated, palettes and 1, 2 and 4 bits are expanded, of 16 bits the upper 8 are kept, CMYK is
/// converted without profiles; no colour management. Unlike Pillow, damaged or cut pixel data is an Error.
[[nodiscard]] Image readImage(const std::filesystem::path& path);
/// The same of bytes in memory; `where` names their origin in errors.
[[nodiscard]] Image decodeImage(std::span<const std::byte> file, const std::string& where);

/// The picture as it is meant to be seen: turned and mirrored as EXIF's orientation 1..8 says.
[[nodiscard]] Image turnedUpright(Image image, int orientation);
/// readImage and turnedUpright by the file's own orientation, as Pillow's ImageOps.exif_transpose.
[[nodiscard]] Image readUprightImage(const std::filesystem::path& path);

/// Width and height from the header alone.
[[nodiscard]] ImageSize readImageSize(const std::filesystem::path& path);
[[nodiscard]] ImageInfo readImageInfo(const std::filesystem::path& path);
[[nodiscard]] ImageInfo decodeImageInfo(std::span<const std::byte> file, const std::string& where);

/// Writes an 8-bit RGB PNG in one step (atomic_file.h). The same image gives the same bytes.
void writePng(const std::filesystem::path& path, const Image& image);
[[nodiscard]] std::string encodePng(const Image& image);

}  // namespace corticast
