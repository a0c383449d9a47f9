#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace corticast {

/// SHA-256 of data that comes in pieces.
///
///     Sha256 hash;
///     hash.add(header);
///     hash.add(std::as_bytes(std::span(values)));
///     std::string hex = hash.hex();   // 64 lower-case digits; further add() is not allowed
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::span<const std::byte> bytes);
  void add(std::string_view text);
  [[nodiscard]] std::string hex();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

[[nodiscard]] std::string sha256(std::string_view text);
/// Throws Error when the file cannot be read.
[[nodiscard]] std::string sha256OfFile(const std::filesystem::path& path);

/// CRC-32 as zlib computes it.
[[nodiscard]] uint32_t crc32(std::string_view text);

}  // namespace corticast
