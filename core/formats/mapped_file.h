#pragma once
#include <cstddef>
#include <filesystem>
#include <span>

namespace corticast {

/// A file's bytes, mapped read-only. The file must not shrink while it is mapped (every file that Corticast writes
/// is replaced, never cut). Throws Error when it is missing, not a plain file, or cannot be mapped.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {m_data, m_size}; }
  /// Gives the pages back to the system; the next access reads them again.
  void release() const;

 private:
  std::filesystem::path m_path;
  const std::byte* m_data = nullptr;
  size_t m_size = 0;
};

}  // namespace corticast
