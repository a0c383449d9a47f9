#pragma once
#include <filesystem>
#include <string>

namespace corticast::cli {

/// A folder that goes away with this object.
class ScratchFolder {
 public:
  /// Within `parent`, or beside the system's temporary files where that is empty. Throws Error with this remedy.
  ScratchFolder(const std::filesystem::path& parent, const std::string& remedy);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

}  // namespace corticast::cli
