#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "core/base/error.h"

namespace corticast {
namespace {

std::filesystem::path temporaryBeside(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter{0};
  auto name = path.filename().string() + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
  return path.parent_path() / name;
}

[[noreturn]] void failWriting(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorParts{.what = "write file",
                         .where = path.string(),
                         .why = why,
                         .remedy = "check free space and permissions of the folder"});
}

void writeAll(int file, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) failWriting(path, systemReason());
    content.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

std::string readTextFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream content;
  if (stream && !std::filesystem::is_directory(path)) content << stream.rdbuf();
  if (!stream || std::filesystem::is_directory(path))
    throw Error(ErrorParts{.what = "read file",
                           .where = path.string(),
                           .why = std::filesystem::exists(path) ? "it cannot be read" : "there is no such file",
                           .remedy = "check the path and its permissions"});
  return std::move(content).str();
}

void syncToDisk(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) failWriting(path, systemReason());
  const int result = ::fsync(file);
  const int errorNumber = errno;
  ::close(file);
  // Some network file systems cannot sync a folder; the rename is still atomic there.
  if (result != 0 && errorNumber != EINVAL && errorNumber != ENOTSUP) failWriting(path, systemReason(errorNumber));
}

void writeFileAtomically(const std::filesystem::path& path,
                         const std::function<void(const std::filesystem::path&)>& write) {
  const auto temporary = temporaryBeside(path);
  try {
    write(temporary);
    syncToDisk(temporary);
    std::error_code failure;
    std::filesystem::rename(temporary, path, failure);
    if (failure) failWriting(path, failure.message());
    syncToDisk(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
  writeFileAtomically(path, [&](const std::filesystem::path& temporary) {
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0) failWriting(path, systemReason());
    try {
      writeAll(file, content, path);
    } catch (...) {
      ::close(file);
      throw;
    }
    if (::close(file) != 0) failWriting(path, systemReason());
  });
}

}  // namespace corticast
