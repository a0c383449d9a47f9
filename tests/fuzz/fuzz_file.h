#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "core/base/error.h"

namespace corticast::testing {

/// The fuzzer's bytes as a file in memory, handed to `read`. An Error is a right answer; anything else ends the run.
template <typename Read>
int fuzzFile(const uint8_t* data, size_t size, const Read& read) {
  const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (file < 0) throw std::runtime_error("no file in memory");
  if (::write(file, data, size) != static_cast<ssize_t>(size)) throw std::runtime_error("no room in memory");
  try {
    read(std::filesystem::path("/proc/self/fd/" + std::to_string(file)));
  } catch (const Error& error) {
    const ErrorParts& parts = error.parts();
    if (parts.what.empty() || parts.where.empty() || parts.why.empty() || parts.remedy.empty()) __builtin_trap();
  }
  ::close(file);
  return 0;
}

}  // namespace corticast::testing
