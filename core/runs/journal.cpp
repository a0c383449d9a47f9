#include "core/runs/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/runs/run_folder.h"

namespace corticast {
namespace {

constexpr std::string_view kCrcKey = ",\"crc\":\"";
constexpr size_t kTailSize = kCrcKey.size() + 8 + 2;  // ,"crc":"01234567"}
constexpr size_t kBlock = size_t{1} << 20;

[[noreturn]] void failJournal(const std::string& what, const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorParts{.what = what,
                         .where = path.string(),
                         .why = why,
                         .remedy = "check free space and permissions of the run folder"});
}

class ReadOnlyFile {
 public:
  explicit ReadOnlyFile(const std::filesystem::path& path)
      : m_path(path), m_file(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (m_file < 0 && errno != ENOENT) failJournal("read journal", path, systemReason());
  }
  ~ReadOnlyFile() {
    if (m_file >= 0) ::close(m_file);
  }
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;

  [[nodiscard]] bool isOpen() const { return m_file >= 0; }
  // At most `count` bytes from `offset`; fewer at the end of the file.
  [[nodiscard]] std::string read(uint64_t offset, size_t count) const {
    std::string bytes(count, '\0');
    size_t done = 0;
    while (done < count) {
      const ssize_t got = ::pread(m_file, bytes.data() + done, count - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) failJournal("read journal", m_path, systemReason());
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

 private:
  std::filesystem::path m_path;
  int m_file;
};

}  // namespace

std::string journalLine(const Json& record) {
  std::string line = record.dump(-1, ' ', false, Json::error_handler_t::replace);
  line.pop_back();
  char crc[9];
  std::snprintf(crc, sizeof crc, "%08x", crc32(line));
  return line + std::string(kCrcKey) + crc + "\"}\n";
}

Json parseJournalLine(std::string_view line) {
  if (line.size() <= kTailSize) return nullptr;
  const std::string_view body = line.substr(0, line.size() - kTailSize);
  const std::string_view tail = line.substr(body.size());
  uint32_t crc = 0;
  const char* digits = tail.data() + kCrcKey.size();
  const auto [end, failure] = std::from_chars(digits, digits + 8, crc, 16);
  const bool isWhole =
      tail.starts_with(kCrcKey) && tail.ends_with("\"}") && failure == std::errc() && end == digits + 8;
  if (!isWhole || crc != crc32(body)) return nullptr;
  Json record = Json::parse(line, nullptr, false);
  return record.is_object() ? record : Json(nullptr);
}

JournalWriter::JournalWriter(std::filesystem::path path, uint64_t length) : m_path(std::move(path)), m_length(length) {
  m_file = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (m_file < 0) failJournal("write journal", m_path, systemReason());
  struct stat status {};
  std::string why;
  if (::fstat(m_file, &status) != 0)
    why = systemReason();
  else if (static_cast<uint64_t>(status.st_size) < length)
    why = "it has " + std::to_string(status.st_size) + " bytes; the checkpoint was made at " + std::to_string(length);
  else if (::ftruncate(m_file, static_cast<off_t>(length)) != 0)
    why = systemReason();
  if (why.empty()) return;
  ::close(std::exchange(m_file, -1));
  failJournal("write journal", m_path, why);
}

JournalWriter::~JournalWriter() {
  if (m_file >= 0) ::close(m_file);
}

JournalWriter::JournalWriter(JournalWriter&& other) noexcept
    : m_path(std::move(other.m_path)), m_file(std::exchange(other.m_file, -1)), m_length(other.m_length) {}

void JournalWriter::append(Json record) {
  record["time"] = unixSeconds();
  const std::string line = journalLine(record);
  size_t done = 0;
  while (done < line.size()) {
    const ssize_t written = ::write(m_file, line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const std::string why = systemReason();
      if (::ftruncate(m_file, static_cast<off_t>(m_length)) != 0) m_length += done;
      failJournal("write journal", m_path, why);
    }
    done += static_cast<size_t>(written);
  }
  m_length += line.size();
}

void JournalWriter::sync() {
  if (::fdatasync(m_file) != 0) failJournal("write journal", m_path, systemReason());
}

JournalReader::JournalReader(std::filesystem::path path) : m_path(std::move(path)) {}

JournalUpdate JournalReader::read() {
  JournalUpdate update;
  const ReadOnlyFile file(m_path);
  const bool isSame = file.isOpen() && file.read(m_offset - m_lastLine.size(), m_lastLine.size()) == m_lastLine;
  if (!isSame) {
    update.isReset = m_offset > 0;
    m_offset = m_lines = 0;
    m_lastLine.clear();
  }
  if (!file.isOpen()) return update;
  std::string pending;
  for (;;) {
    const std::string block = file.read(m_offset + pending.size(), kBlock);
    pending += block;
    size_t begin = 0;
    for (size_t end; (end = pending.find('\n', begin)) != std::string::npos; begin = end + 1) {
      m_lastLine = pending.substr(begin, end + 1 - begin);
      ++m_lines;
      Json record = parseJournalLine(std::string_view(m_lastLine).substr(0, m_lastLine.size() - 1));
      if (record.is_null())
        update.damagedLines.push_back(m_lines);
      else
        update.records.push_back(std::move(record));
    }
    m_offset += begin;
    pending.erase(0, begin);
    if (block.size() < kBlock) return update;
  }
}

}  // namespace corticast
