#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/base/error.h"
#include "core/formats/gzip.h"
#include "core/formats/internal/gifti_data.h"

namespace corticast {
namespace {

/// Calls `action` with a value of the C++ type that `type` stands for.
template <typename Action>
auto withType(GiftiType type, Action action) {
  switch (type) {
    case GiftiType::UInt8:
      return action(uint8_t{});
    case GiftiType::Int8:
      return action(int8_t{});
    case GiftiType::Int16:
      return action(int16_t{});
    case GiftiType::UInt16:
      return action(uint16_t{});
    case GiftiType::Int32:
      return action(int32_t{});
    case GiftiType::UInt32:
      return action(uint32_t{});
    case GiftiType::Float64:
      return action(double{});
    case GiftiType::Float32:
      break;
  }
  return action(float{});
}

template <typename T>
T valueAt(std::span<const std::byte> bytes, size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

[[noreturn]] void failConverting(const std::string& where, const std::string& why) {
  throw Error(
      {.what = "read GIFTI values", .where = where, .why = why, .remedy = "export the file with the expected type"});
}

constexpr int base64Value(char character) {
  if (character >= 'A' && character <= 'Z') return character - 'A';
  if (character >= 'a' && character <= 'z') return character - 'a' + 26;
  if (character >= '0' && character <= '9') return character - '0' + 52;
  if (character == '+') return 62;
  if (character == '/') return 63;
  return -1;
}

constexpr auto kBase64Values = [] {
  std::array<int8_t, 256> table{};
  for (int c = 0; c < 256; ++c) table[static_cast<size_t>(c)] = static_cast<int8_t>(base64Value(static_cast<char>(c)));
  return table;
}();

/// False when `text` is not padded base64.
bool decodeBase64(std::string_view text, std::vector<std::byte>& bytes) {
  if (text.empty() || text.size() % 4 != 0) return false;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(text.size() / 4 * 3);
  size_t at = 0;
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t group = 0;
    for (size_t k = 0; k < 4; ++k) {
      const bool isPadding = i + k >= text.size() - padding;
      const int value = isPadding ? 0 : kBase64Values[static_cast<unsigned char>(text[i + k])];
      if (value < 0) return false;
      group = group << 6 | static_cast<uint32_t>(value);
    }
    for (const int shift : {16, 8, 0}) bytes[at++] = static_cast<std::byte>(group >> shift & 255);
  }
  bytes.resize(bytes.size() - padding);
  return true;
}

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

template <typename T>
std::string decodeAscii(std::string_view text, std::vector<std::byte>& bytes, size_t count) {
  // Two characters a value at least, but for the last: a lying shape is refused before it is allocated.
  if (count > text.size() / 2 + 1) return "its data has fewer values than its dimensions say";
  bytes.resize(count * sizeof(T));
  const char* at = text.data();
  const char* const end = at + text.size();
  for (size_t i = 0; i <= count; ++i) {
    while (at != end && isBlank(*at)) ++at;
    if (i == count) return at == end ? "" : "its data has more values than its dimensions say";
    if (at == end) return "its data has " + std::to_string(i) + " values, its dimensions say " + std::to_string(count);
    if (*at == '+' && end - at > 1 && at[1] != '-') ++at;
    T value{};
    const auto [stop, failure] = std::from_chars(at, end, value);
    if (failure != std::errc{} || (stop != end && !isBlank(*stop)))
      return "value " + std::to_string(i) + " of its data is not a number of its type";
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
    at = stop;
  }
  return "";
}

void swapBytes(std::vector<std::byte>& bytes, size_t size) {
  for (size_t i = 0; i + size <= bytes.size(); i += size)
    std::reverse(bytes.begin() + static_cast<ptrdiff_t>(i), bytes.begin() + static_cast<ptrdiff_t>(i + size));
}

/// First dimension fastest -> last dimension fastest.
void makeRowMajor(GiftiArray& array) {
  const size_t size = sizeOf(array.type);
  std::vector<std::byte> sorted(array.data.size());
  std::vector<size_t> index(array.shape.size(), 0);
  for (size_t source = 0; source < array.valueCount(); ++source) {
    size_t target = 0;
    for (size_t d = 0; d < index.size(); ++d) target = target * array.shape[d] + index[d];
    std::memcpy(sorted.data() + target * size, array.data.data() + source * size, size);
    for (size_t d = 0; d < index.size() && ++index[d] == array.shape[d]; ++d) index[d] = 0;
  }
  array.data = std::move(sorted);
}

}  // namespace

std::string toString(GiftiType type) {
  switch (type) {
    case GiftiType::UInt8:
      return "NIFTI_TYPE_UINT8";
    case GiftiType::Int8:
      return "NIFTI_TYPE_INT8";
    case GiftiType::Int16:
      return "NIFTI_TYPE_INT16";
    case GiftiType::UInt16:
      return "NIFTI_TYPE_UINT16";
    case GiftiType::Int32:
      return "NIFTI_TYPE_INT32";
    case GiftiType::UInt32:
      return "NIFTI_TYPE_UINT32";
    case GiftiType::Float64:
      return "NIFTI_TYPE_FLOAT64";
    case GiftiType::Float32:
      break;
  }
  return "NIFTI_TYPE_FLOAT32";
}

size_t sizeOf(GiftiType type) {
  return withType(type, [](auto value) { return sizeof(value); });
}

size_t GiftiArray::valueCount() const {
  size_t count = 1;
  for (const size_t extent : shape) count *= extent;
  return count;
}

std::vector<float> GiftiArray::floats(const std::string& where) const {
  std::vector<float> values(valueCount());
  withType(type, [&](auto sample) {
    using T = decltype(sample);
    for (size_t i = 0; i < values.size(); ++i) {
      const T value = valueAt<T>(data, i);
      values[i] = static_cast<float>(value);
      if constexpr (std::is_integral_v<T>)
        if (static_cast<double>(values[i]) != static_cast<double>(value))
          failConverting(where, "the integer " + std::to_string(value) + " has no exact float32 value");
    }
  });
  return values;
}

std::vector<int32_t> GiftiArray::integers(const std::string& where) const {
  std::vector<int32_t> values(valueCount());
  withType(type, [&](auto sample) {
    using T = decltype(sample);
    for (size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<double>(valueAt<T>(data, i));
      if (!(value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max()) ||
          value != std::trunc(value))
        failConverting(where, "value " + std::to_string(i) + " is no 32-bit integer");
      values[i] = static_cast<int32_t>(value);
    }
  });
  return values;
}

size_t mostCharacters(const GiftiArray& array, const GiftiLayout& layout) {
  const size_t bytes = array.valueCount() * sizeOf(array.type);
  if (layout.encoding == GiftiEncoding::Ascii) return array.valueCount() * 512 + 4096;
  // zlib adds at most 5 bytes per 16 KB block and a few for its frame to data that cannot be packed.
  const size_t most = layout.encoding == GiftiEncoding::GzipBase64 ? bytes + bytes / 1000 + 4096 : bytes;
  return (most + 2) / 3 * 4;
}

std::string decodeGiftiData(GiftiArray& array, const GiftiLayout& layout, std::string_view text) {
  const size_t expected = array.valueCount() * sizeOf(array.type);
  if (layout.encoding == GiftiEncoding::Ascii) {
    auto problem = withType(
        array.type, [&](auto value) { return decodeAscii<decltype(value)>(text, array.data, array.valueCount()); });
    if (!problem.empty()) return problem;
  } else {
    std::vector<std::byte> bytes;
    if (!decodeBase64(text, bytes)) return "its data is not base64";
    if (layout.encoding == GiftiEncoding::GzipBase64) {
      bytes = inflateExactly(bytes, expected);
      if (bytes.empty())
        return "its compressed data does not give the " + std::to_string(expected) + " bytes that its dimensions say";
    }
    if (bytes.size() != expected)
      return "its data has " + std::to_string(bytes.size()) + " bytes, its dimensions say " + std::to_string(expected);
    array.data = std::move(bytes);
    if (layout.isBigEndian) swapBytes(array.data, sizeOf(array.type));
  }
  if (layout.isColumnMajor && array.shape.size() > 1) makeRowMajor(array);
  return "";
}

std::string encodeBase64(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) text += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace corticast
