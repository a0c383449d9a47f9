#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace corticast {

/// A file read from front to back, unpacked on the way when it starts as gzip does (whatever its name says).
/// Damaged or cut gzip data is an Error, never a short read.
///
///     ByteStream stream(path);
///     while (const size_t got = stream.read(buffer)) use(buffer.first(got));
class ByteStream {
 public:
  explicit ByteStream(const std::filesystem::path& path);
  ~ByteStream();
  ByteStream(ByteStream&&) noexcept;
  ByteStream& operator=(ByteStream&&) noexcept;

  [[nodiscard]] bool isCompressed() const;
  /// Fills `buffer` as far as the file reaches; 0 at its end.
  [[nodiscard]] size_t read(std::span<std::byte> buffer);
  /// Fills all of `buffer`; throws Error when the file ends before.
  void readExactly(std::span<std::byte> buffer);
  /// Continues at `offset` of the unpacked content. Going back in a compressed file starts over from its front.
  void seek(uint64_t offset);

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// The unpacked content of a file; throws Error when it is larger than `limit` bytes.
[[nodiscard]] std::vector<std::byte> readBytes(const std::filesystem::path& path, uint64_t limit);

/// Unpacks zlib or gzip data that must give exactly `size` bytes; returns an empty vector when it does not.
[[nodiscard]] std::vector<std::byte> inflateExactly(std::span<const std::byte> packed, size_t size);
/// Packs as zlib does by default.
[[nodiscard]] std::vector<std::byte> deflateZlib(std::span<const std::byte> bytes);
/// Packs as a gzip file without a name and time, so that equal content gives equal files.
[[nodiscard]] std::vector<std::byte> packGzip(std::span<const std::byte> bytes);

}  // namespace corticast
