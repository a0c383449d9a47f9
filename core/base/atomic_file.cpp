#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>

#include "core/base/error.h"

namespace corticast {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

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

void replaceByTemporary(const std::filesystem::path& temporary, const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::rename(temporary, path, failure);
  if (failure) failWriting(path, failure.message());
  syncToDisk(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
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
    replaceByTemporary(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

AtomicFile::AtomicFile(std::filesystem::path path) : m_path(std::move(path)), m_temporary(temporaryBeside(m_path)) {
  m_file = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (m_file < 0) failWriting(m_path, systemReason());
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_temporary(std::move(other.m_temporary)),
      m_buffer(std::move(other.m_buffer)),
      m_file(std::exchange(other.m_file, -1)) {
  other.m_temporary.clear();
}

AtomicFile::~AtomicFile() {
  if (m_file >= 0) ::close(m_file);
  std::error_code ignored;
  if (!m_temporary.empty()) std::filesystem::remove(m_temporary, ignored);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void AtomicFile::write(std::string_view text) {
  CORTICAST_ASSERT(m_file >= 0, return );
  if (m_buffer.size() + text.size() > kBufferBytes) flush();
  if (text.size() > kBufferBytes)
    writeAll(m_file, text, m_path);
  else
    m_buffer += text;
}

void AtomicFile::writeAt(uint64_t offset, std::string_view text) {
  CORTICAST_ASSERT(m_file >= 0, return );
  flush();
  if (::lseek(m_file, static_cast<off_t>(offset), SEEK_SET) < 0) failWriting(m_path, systemReason());
  writeAll(m_file, text, m_path);
  if (::lseek(m_file, 0, SEEK_END) < 0) failWriting(m_path, systemReason());
}

void AtomicFile::commit() {
  CORTICAST_ASSERT(m_file >= 0, return );
  flush();
  if (::close(std::exchange(m_file, -1)) != 0) failWriting(m_path, systemReason());
  syncToDisk(m_temporary);
  replaceByTemporary(m_temporary, m_path);
  m_temporary.clear();
}

void AtomicFile::flush() {
  writeAll(m_file, m_buffer, m_path);
  m_buffer.clear();
}

}  // namespace corticast
