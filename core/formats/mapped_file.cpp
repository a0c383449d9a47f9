#include "core/formats/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace corticast {
namespace {

[[noreturn]] void failReading(const std::filesystem::path& path, const std::string& why) {
  throw Error(
      {.what = "read file", .where = path.string(), .why = why, .remedy = "check the path and its permissions"});
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : m_path(path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) failReading(path, errno == ENOENT ? "there is no such file" : systemReason());
  struct stat status {};
  const bool isPlain = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  m_size = isPlain ? static_cast<size_t>(status.st_size) : 0;
  void* data = nullptr;
  if (m_size > 0) data = ::mmap(nullptr, m_size, PROT_READ, MAP_SHARED, file, 0);
  const int errorNumber = errno;
  ::close(file);
  if (!isPlain) failReading(path, "it is not a plain file");
  if (data == MAP_FAILED) failReading(path, systemReason(errorNumber));
  m_data = static_cast<const std::byte*>(data);
}

MappedFile::~MappedFile() {
  if (m_data) ::munmap(const_cast<std::byte*>(m_data), m_size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_data(std::exchange(other.m_data, nullptr)),
      m_size(std::exchange(other.m_size, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(m_path, other.m_path);
  std::swap(m_data, other.m_data);
  std::swap(m_size, other.m_size);
  return *this;
}

void MappedFile::release() const {
  if (m_data) ::madvise(const_cast<std::byte*>(m_data), m_size, MADV_DONTNEED);
}

}  // namespace corticast
