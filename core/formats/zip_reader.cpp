#include <zip.h>

#include <unordered_map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/internal/zip_name.h"
#include "core/formats/zip.h"

namespace corticast {
namespace {

constexpr size_t kPieceBytes = 1 << 18;
constexpr uint64_t kSmallBytes = 1 << 20;

[[noreturn]] void failReading(const std::string& where, const std::string& why) {
  throw Error({.what = "read zip file",
               .where = where,
               .why = why,
               .remedy = "the file may be damaged, incomplete or unsafe; get it again from its source"});
}

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

bool isLink(zip_t* archive, zip_uint64_t index) {
  constexpr zip_uint32_t kTypeMask = 0170000, kLink = 0120000;
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) return true;
  // Whatever system it claims: unpackers look at these bits.
  return (attributes >> 16 & kTypeMask) == kLink;
}

}  // namespace

struct ZipReader::State {
  std::string where;
  std::unique_ptr<zip_t, CloseArchive> archive;
  std::vector<ZipEntry> entries;
  std::unordered_map<std::string, size_t> index;

  void addEntry(zip_uint64_t at, const ZipLimits& limits) {
    zip_stat_t status;
    zip_stat_init(&status);
    constexpr zip_uint64_t kNeeded =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if (zip_stat_index(archive.get(), at, 0, &status) != 0 || (status.valid & kNeeded) != kNeeded)
      failReading(where, "entry " + std::to_string(at) + " is incomplete");
    ZipEntry entry{.name = status.name, .size = status.size, .compressed = status.comp_size};
    const std::string place = where + ":" + entry.name;
    const std::string fault = zipNameFault(entry.name);
    if (!fault.empty()) failReading(place, "the entry's name " + fault);
    if (isLink(archive.get(), at)) failReading(place, "the entry is a link");
    if (status.encryption_method != ZIP_EM_NONE) failReading(place, "the entry is encrypted");
    if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE)
      failReading(place, "the entry is packed by the unknown method " + std::to_string(status.comp_method));
    if (entry.size > limits.maxEntryBytes) failReading(place, "the entry unpacks to " + byteSize(entry.size));
    if (entry.size > kSmallBytes && entry.size / limits.maxRatio > entry.compressed)
      failReading(place, "the entry claims " + byteSize(entry.size) + " in " + byteSize(entry.compressed));
    entry.isFolder = entry.name.ends_with('/');
    std::string plain = entry.name.substr(0, entry.name.size() - (entry.isFolder ? 1 : 0));
    if (!index.emplace(std::move(plain), entries.size()).second)
      failReading(place, "there are two entries of that name");
    entries.push_back(std::move(entry));
  }

  size_t find(const std::string& name) const {
    const auto found = index.find(name);
    if (found == index.end() || entries[found->second].isFolder) failReading(where, "it has no file '" + name + "'");
    return found->second;
  }

  /// Hands the content over in pieces. What is unpacked counts, not what the header claims.
  template <typename Take>
  void unpack(size_t at, const Take& take) const {
    const ZipEntry& entry = entries[at];
    const std::string place = where + ":" + entry.name;
    const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(archive.get(), at, 0));
    if (!file) failReading(place, zip_strerror(archive.get()));
    std::string piece(kPieceBytes, '\0');
    uint64_t total = 0;
    while (true) {
      const zip_int64_t count = zip_fread(file.get(), piece.data(), piece.size());
      if (count < 0) failReading(place, zip_file_strerror(file.get()));
      if (count == 0) break;
      total += static_cast<uint64_t>(count);
      if (total > entry.size) break;
      take(std::string_view(piece.data(), static_cast<size_t>(count)));
    }
    if (total != entry.size)
      failReading(place, "it does not unpack to the " + std::to_string(entry.size) + " bytes that it claims");
  }
};

ZipReader::ZipReader(const std::filesystem::path& path, ZipLimits limits) : m_state(std::make_unique<State>()) {
  m_state->where = path.string();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) failReading(path.string(), "there is no such file");
  int code = 0;
  m_state->archive.reset(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (code == ZIP_ER_EXISTS) failReading(path.string(), "there are two entries of one name");
  if (!m_state->archive) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    failReading(path.string(), reason);
  }
  const auto count = static_cast<uint64_t>(zip_get_num_entries(m_state->archive.get(), 0));
  if (count > limits.maxEntries) failReading(path.string(), "it has " + thousands(count) + " entries");
  uint64_t total = 0;
  for (uint64_t i = 0; i < count; ++i) {
    m_state->addEntry(i, limits);
    total += m_state->entries.back().size;
    if (total > limits.maxTotalBytes)
      failReading(path.string(), "it unpacks to more than " + byteSize(limits.maxTotalBytes));
  }
}

ZipReader::~ZipReader() = default;
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;

const std::vector<ZipEntry>& ZipReader::entries() const {
  return m_state->entries;
}

bool ZipReader::has(const std::string& name) const {
  return m_state->index.contains(name);
}

std::string ZipReader::read(const std::string& name, uint64_t maxBytes) const {
  const size_t at = m_state->find(name);
  if (m_state->entries[at].size > maxBytes)
    failReading(m_state->where + ":" + name,
                "it has " + byteSize(m_state->entries[at].size) + "; at most " + byteSize(maxBytes) + " are read here");
  std::string content;
  m_state->unpack(at, [&](std::string_view piece) { content += piece; });
  return content;
}

void ZipReader::extract(const std::string& name, const std::filesystem::path& to) const {
  const size_t at = m_state->find(name);
  AtomicFile file(to);
  m_state->unpack(at, [&](std::string_view piece) { file.write(piece); });
  file.commit();
}

}  // namespace corticast
