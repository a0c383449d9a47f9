#include "core/formats/gzip.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

[[noreturn]] void failReading(const std::filesystem::path& path, const std::string& why, const std::string& remedy) {
  throw Error({.what = "read file", .where = path.string(), .why = why, .remedy = remedy});
}

constexpr auto kCheckPath = "check the path and its permissions";
constexpr auto kFetchAgain = "the file is damaged: fetch or export it again";

}  // namespace

struct ByteStream::State {
  std::filesystem::path path;
  gzFile file = nullptr;
  ~State() {
    if (file) ::gzclose_r(file);
  }
};

ByteStream::ByteStream(const std::filesystem::path& path) : m_state(std::make_unique<State>()) {
  m_state->path = path;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) failReading(path, errno == ENOENT ? "there is no such file" : systemReason(), kCheckPath);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    failReading(path, "it is not a plain file", kCheckPath);
  }
  m_state->file = ::gzdopen(descriptor, "rb");
  if (!m_state->file) {
    ::close(descriptor);
    failReading(path, "out of memory", "close other programs and try again");
  }
  ::gzbuffer(m_state->file, 256 * 1024);
}

ByteStream::~ByteStream() = default;
ByteStream::ByteStream(ByteStream&&) noexcept = default;
ByteStream& ByteStream::operator=(ByteStream&&) noexcept = default;

bool ByteStream::isCompressed() const {
  return ::gzdirect(m_state->file) == 0;
}

size_t ByteStream::read(std::span<std::byte> buffer) {
  size_t done = 0;
  while (done < buffer.size()) {
    const auto want = static_cast<unsigned>(std::min<size_t>(buffer.size() - done, 1u << 30));
    const int got = ::gzread(m_state->file, buffer.data() + done, want);
    int code = Z_OK;
    const char* text = ::gzerror(m_state->file, &code);
    // A cut gzip file reads short with Z_BUF_ERROR, which gzread itself does not report.
    if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
      failReading(m_state->path,
                  code == Z_ERRNO ? systemReason()
                                  : "its compressed data is damaged or cut short: " + std::string(text ? text : ""),
                  kFetchAgain);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

void ByteStream::readExactly(std::span<std::byte> buffer) {
  const size_t got = read(buffer);
  if (got != buffer.size())
    failReading(m_state->path, "it ends " + std::to_string(buffer.size() - got) + " bytes too early", kFetchAgain);
}

void ByteStream::seek(uint64_t offset) {
  if (offset > static_cast<uint64_t>(std::numeric_limits<z_off_t>::max()) ||
      ::gzseek(m_state->file, static_cast<z_off_t>(offset), SEEK_SET) < 0)
    failReading(m_state->path, "there is no byte " + std::to_string(offset), kFetchAgain);
}

std::vector<std::byte> readBytes(const std::filesystem::path& path, uint64_t limit) {
  ByteStream stream(path);
  std::vector<std::byte> content;
  for (size_t step = 1 << 16;; step = std::min<size_t>(step * 2, 1 << 24)) {
    const size_t size = content.size();
    content.resize(size + step);
    const size_t got = stream.read(std::span(content).subspan(size));
    content.resize(size + got);
    if (content.size() > limit)
      failReading(path, "it holds more than " + byteSize(limit), "choose a file of the expected kind");
    if (got < step) return content;
  }
}

std::vector<std::byte> inflateExactly(std::span<const std::byte> packed, size_t size) {
  // deflate cannot pack better than 1032:1, so a lying size is refused before it is allocated.
  if (size == 0 || size / 1100 > packed.size() || packed.size() > std::numeric_limits<unsigned>::max()) return {};
  std::vector<std::byte> bytes(size);
  z_stream stream{};
  if (::inflateInit2(&stream, 15 + 32) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
  stream.avail_in = static_cast<unsigned>(packed.size());
  size_t done = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + done);
    const auto room = static_cast<unsigned>(std::min<size_t>(size - done, 1u << 30));
    stream.avail_out = room;
    // With no room left one more call must find the end of the stream, or there is too much data.
    code = ::inflate(&stream, Z_NO_FLUSH);
    done += room - stream.avail_out;
    if (code == Z_OK && room == 0) break;
  }
  const bool isWhole = code == Z_STREAM_END && done == size && stream.avail_in == 0;
  ::inflateEnd(&stream);
  if (!isWhole) bytes.clear();
  return bytes;
}

namespace {

std::vector<std::byte> pack(std::span<const std::byte> bytes, int windowBits) {
  z_stream stream{};
  bool isFine = ::deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  std::vector<std::byte> packed;
  if (isFine) {
    packed.resize(::deflateBound(&stream, bytes.size()));
    size_t taken = 0;
    size_t given = 0;
    int code = Z_OK;
    // avail_in and avail_out count 32 bits only.
    constexpr size_t kStep = 1u << 30;
    while (code == Z_OK) {
      const auto in = static_cast<unsigned>(std::min(kStep, bytes.size() - taken));
      const auto out = static_cast<unsigned>(std::min(kStep, packed.size() - given));
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data() + taken));
      stream.next_out = reinterpret_cast<Bytef*>(packed.data() + given);
      stream.avail_in = in;
      stream.avail_out = out;
      code = ::deflate(&stream, taken + in == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
      taken += in - stream.avail_in;
      given += out - stream.avail_out;
    }
    isFine = code == Z_STREAM_END;
    packed.resize(given);
    ::deflateEnd(&stream);
  }
  if (!isFine)
    throw Error({.what = "compress data",
                 .where = "memory",
                 .why = "zlib refused it",
                 .remedy = "close other programs and try again"});
  return packed;
}

}  // namespace

std::vector<std::byte> deflateZlib(std::span<const std::byte> bytes) {
  return pack(bytes, 15);
}

std::vector<std::byte> packGzip(std::span<const std::byte> bytes) {
  return pack(bytes, 15 + 16);
}

}  // namespace corticast
