#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

enum class ZipMethod { Store, Deflate };

/// Collects what goes into a .zip and writes it in one step (atomic_file.h).
///
///     ZipWriter zip("submission.zip");
///     zip.add("subj01/lh_pred_test.npy", path);
///     zip.addText("README.txt", text);
///     zip.finish();
///
/// Entries lie in the order of adding, with one fixed date, so the same content gives the same bytes.
class ZipWriter {
 public:
  explicit ZipWriter(std::filesystem::path path);
  ~ZipWriter();
  ZipWriter(ZipWriter&&) noexcept;
  ZipWriter& operator=(ZipWriter&&) noexcept;

  /// A file's content, read when finish() is called. Throws Error when the name is not a plain relative path, is
  /// taken, or there is no such file.
  void add(const std::string& name, const std::filesystem::path& file, ZipMethod method = ZipMethod::Deflate);
  void addText(const std::string& name, std::string content, ZipMethod method = ZipMethod::Deflate);
  void finish();

 private:
  struct Entry;
  void addEntry(Entry entry);

  std::filesystem::path m_path;
  std::vector<Entry> m_entries;
};

struct ZipEntry {
  std::string name;         ///< relative, with '/', never with "." or ".." parts
  uint64_t size = 0;        ///< of the content
  uint64_t compressed = 0;  ///< in the archive
  bool isFolder = false;
};

struct ZipLimits {
  uint64_t maxEntries = 100'000;
  uint64_t maxEntryBytes = 64'000'000'000;
  uint64_t maxTotalBytes = 256'000'000'000;
  /// Content per compressed byte, for entries over 1 MB; deflate reaches 1032.
  uint64_t maxRatio = 1100;
};

/// A .zip of any origin. Opening it checks every entry: absolute names, "..", backslashes, links, encryption, two
/// entries of one name and sizes beyond the limits are refused. Nothing is ever unpacked by a name of the archive's.
class ZipReader {
 public:
  explicit ZipReader(const std::filesystem::path& path, ZipLimits limits = {});
  ~ZipReader();
  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;

  /// In the archive's order.
  [[nodiscard]] const std::vector<ZipEntry>& entries() const;
  [[nodiscard]] bool has(const std::string& name) const;
  /// Content, its CRC-32 checked. Throws Error when there is no such entry or it has more than `maxBytes`.
  [[nodiscard]] std::string read(const std::string& name, uint64_t maxBytes = 1'000'000'000) const;
  /// Writes the content to a file in one step, CRC-32 checked, without holding it in memory.
  void extract(const std::string& name, const std::filesystem::path& to) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace corticast
