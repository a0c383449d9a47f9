#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace corticast {

/// Whole content of a file. Throws Error when it cannot be read.
[[nodiscard]] std::string readTextFile(const std::filesystem::path& path);

/// Replaces `path` in one step: a reader sees the old file or the whole new one, also after a kill or a power cut
/// (temporary file in the same folder, fsync, rename, fsync of the folder). Throws Error and removes the
/// temporary file on failure; the old file is then untouched.
void writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// The same for content made by a library that wants a path: `write` fills the temporary file it is given.
void writeFileAtomically(const std::filesystem::path& path,
                         const std::function<void(const std::filesystem::path& temporary)>& write);

/// The same for content that comes in pieces. What was not committed is removed by the destructor.
///
///     AtomicFile file(path);
///     file.write(header);
///     for (...) file.write(rows);
///     file.writeAt(0, finalHeader);
///     file.commit();
///
/// Every failure (full disk, no permission) is an Error and leaves `path` as it was.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  /// Overwrites bytes that were written before.
  void writeAt(uint64_t offset, std::string_view text);
  void commit();

 private:
  void flush();

  std::filesystem::path m_path;
  std::filesystem::path m_temporary;
  std::string m_buffer;
  int m_file = -1;
};

/// Forces a file's or folder's content to the disk.
void syncToDisk(const std::filesystem::path& path);

}  // namespace corticast
