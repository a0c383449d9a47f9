#pragma once
#include <cstdlib>
#include <filesystem>

namespace corticast::testing {

/// With CORTICAST_KEEP=DIR in the environment a copy of what a test wrote stays there, for tests/oracles/formats.py.
inline void keep(const std::filesystem::path& file) {
  if (const char* folder = std::getenv("CORTICAST_KEEP"))
    std::filesystem::copy_file(file, std::filesystem::path(folder) / file.filename(),
                               std::filesystem::copy_options::overwrite_existing);
}

}  // namespace corticast::testing
