#include "app/cli/bench/scratch_folder.h"

#include <cstdlib>

#include "core/base/error.h"

namespace corticast::cli {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder(const fs::path& parent, const std::string& remedy) {
  std::string pattern = ((parent.empty() ? fs::temp_directory_path() : parent) / "corticast-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw Error({.what = "make a folder for the benchmark", .where = pattern, .why = systemReason(), .remedy = remedy});
  m_path = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(m_path, ignored);
}

}  // namespace corticast::cli
