#pragma once
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace corticast {

/// The bytes of T at `bytes`, stored with the highest byte first.
template <typename T>
[[nodiscard]] T loadBigEndian(const std::byte* bytes) {
  static_assert(sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4);
  if constexpr (sizeof(T) == 1) {
    return std::bit_cast<T>(*bytes);
  } else if constexpr (sizeof(T) == 2) {
    uint16_t bits;
    std::memcpy(&bits, bytes, 2);
    return std::bit_cast<T>(__builtin_bswap16(bits));
  } else {
    uint32_t bits;
    std::memcpy(&bits, bytes, 4);
    return std::bit_cast<T>(__builtin_bswap32(bits));
  }
}

/// Appends T with the highest byte first.
template <typename T>
void appendBigEndian(std::string& out, T value) {
  static_assert(sizeof(T) == 2 || sizeof(T) == 4);
  char bytes[sizeof(T)];
  if constexpr (sizeof(T) == 2) {
    const auto bits = __builtin_bswap16(std::bit_cast<uint16_t>(value));
    std::memcpy(bytes, &bits, 2);
  } else {
    const auto bits = __builtin_bswap32(std::bit_cast<uint32_t>(value));
    std::memcpy(bytes, &bits, 4);
  }
  out.append(bytes, sizeof(T));
}

/// Takes big-endian values off the front of a file in memory; every step is checked against what is left.
class ByteReader {
 public:
  ByteReader(std::span<const std::byte> bytes, std::string what, std::string where)
      : m_rest(bytes), m_what(std::move(what)), m_where(std::move(where)) {}

  [[nodiscard]] size_t remaining() const { return m_rest.size(); }
  [[nodiscard]] std::span<const std::byte> take(size_t count) {
    if (count > m_rest.size())
      fail("it ends too early: " + std::to_string(count) + " more bytes are needed, " + std::to_string(m_rest.size()) +
           " are left");
    const auto taken = m_rest.first(count);
    m_rest = m_rest.subspan(count);
    return taken;
  }
  template <typename T>
  [[nodiscard]] T next() {
    return loadBigEndian<T>(take(sizeof(T)).data());
  }
  /// A count whose items take `itemBytes` each: not negative, and no more than the rest of the file holds.
  [[nodiscard]] size_t count(const std::string& things, size_t itemBytes) {
    const auto value = next<int32_t>();
    if (value < 0 || static_cast<size_t>(value) > m_rest.size() / itemBytes)
      fail("it says it has " + std::to_string(value) + " " + things + ", more than the file can hold");
    return static_cast<size_t>(value);
  }
  /// Up to and with the next line feed, which is left out of the result.
  [[nodiscard]] std::string_view line(size_t limit) {
    const std::string_view rest(reinterpret_cast<const char*>(m_rest.data()), std::min(limit, m_rest.size()));
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos) fail("its first lines do not end");
    m_rest = m_rest.subspan(end + 1);
    return rest.substr(0, end);
  }
  [[noreturn]] void fail(const std::string& why,
                         const std::string& remedy = "the file is damaged: fetch or export it again") const {
    throw Error({.what = m_what, .where = m_where, .why = why, .remedy = remedy});
  }

 private:
  std::span<const std::byte> m_rest;
  std::string m_what;
  std::string m_where;
};

}  // namespace corticast
