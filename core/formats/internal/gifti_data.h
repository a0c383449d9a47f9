#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/gifti.h"

namespace corticast {

enum class GiftiEncoding { Ascii, Base64, GzipBase64 };

/// What a DataArray element says of its data.
struct GiftiLayout {
  GiftiEncoding encoding = GiftiEncoding::Ascii;
  bool isBigEndian = false;
  bool isColumnMajor = false;
};

/// Most characters that Data may have (blanks not counted) for `array`'s type and shape; more is refused while reading.
[[nodiscard]] size_t mostCharacters(const GiftiArray& array, const GiftiLayout& layout);

/// Turns Data's text (blanks removed for the two binary encodings) into `array.data`. Returns what is wrong, or
/// nothing: exactly the bytes that type and shape ask for must be there.
[[nodiscard]] std::string decodeGiftiData(GiftiArray& array, const GiftiLayout& layout, std::string_view text);

[[nodiscard]] std::string encodeBase64(std::span<const std::byte> bytes);

}  // namespace corticast
