#include <zip.h>

#include <algorithm>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/internal/utf8.h"
#include "core/formats/internal/zip_name.h"
#include "core/formats/zip.h"

namespace corticast {
namespace {

constexpr zip_uint16_t kDate = (2023 - 1980) << 9 | 1 << 5 | 1;  // 1 January 2023, in the form of DOS
constexpr zip_uint32_t kPlainFile = 0100644u << 16;              // as Unix has it in the upper half

[[noreturn]] void failWriting(const std::string& where, const std::string& why, const std::string& remedy) {
  throw Error({.what = "write zip file", .where = where, .why = why, .remedy = remedy});
}

/// Closes what was not written.
struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

}  // namespace

std::string zipNameFault(std::string_view name) {
  if (name.empty()) return "is empty";
  if (!isUtf8(name)) return "is not UTF-8";
  if (name.front() == '/' || (name.size() > 1 && name[1] == ':')) return "is absolute";
  if (name.find('\\') != std::string_view::npos) return "holds a backslash";
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return "holds a control character";
  if (name.back() == '/') name.remove_suffix(1);
  for (const std::string& part : split(name, '/')) {
    if (part == "..") return "leads out of the archive";
    if (part.empty() || part == ".") return "has an empty part";
  }
  return "";
}

struct ZipWriter::Entry {
  std::string name;
  std::filesystem::path file;  ///< or else:
  std::string content;
  ZipMethod method = ZipMethod::Deflate;
};

ZipWriter::ZipWriter(std::filesystem::path path) : m_path(std::move(path)) {}
ZipWriter::~ZipWriter() = default;
ZipWriter::ZipWriter(ZipWriter&&) noexcept = default;
ZipWriter& ZipWriter::operator=(ZipWriter&&) noexcept = default;

void ZipWriter::add(const std::string& name, const std::filesystem::path& file, ZipMethod method) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    failWriting(file.string(), "there is no such file", "check the path");
  addEntry({.name = name, .file = file, .content = {}, .method = method});
}

void ZipWriter::addText(const std::string& name, std::string content, ZipMethod method) {
  addEntry({.name = name, .file = {}, .content = std::move(content), .method = method});
}

void ZipWriter::addEntry(Entry entry) {
  const std::string where = m_path.string() + ":" + entry.name;
  const std::string fault = zipNameFault(entry.name);
  if (!fault.empty() || entry.name.back() == '/')
    failWriting(where, "the entry's name " + (fault.empty() ? "is a folder's" : fault), "give the entry another name");
  for (const Entry& other : m_entries)
    if (other.name == entry.name) failWriting(where, "there is already an entry of that name", "give it another name");
  m_entries.push_back(std::move(entry));
}

void ZipWriter::finish() {
  const std::string where = m_path.string();
  if (m_entries.empty()) failWriting(where, "there is nothing to write", "add at least one file");
  writeFileAtomically(m_path, [&](const std::filesystem::path& temporary) {
    int code = 0;
    const std::string remedy = "check free space and permissions of the folder, and that the added files are unchanged";
    Archive archive(zip_open(temporary.c_str(), ZIP_CREATE | ZIP_EXCL, &code));
    if (!archive) failWriting(where, "cannot be created (libzip error " + std::to_string(code) + ")", remedy);
    const auto check = [&](bool isRight) {
      if (!isRight) failWriting(where, zip_strerror(archive.get()), remedy);
    };
    for (const Entry& entry : m_entries) {
      zip_source_t* source = entry.file.empty()
                                 ? zip_source_buffer(archive.get(), entry.content.data(), entry.content.size(), 0)
                                 : zip_source_file(archive.get(), entry.file.c_str(), 0, -1);
      check(source != nullptr);
      const zip_int64_t index = zip_file_add(archive.get(), entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
      if (index < 0) zip_source_free(source);
      check(index >= 0);
      const auto at = static_cast<zip_uint64_t>(index);
      const zip_int32_t method = entry.method == ZipMethod::Store ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
      check(zip_set_file_compression(archive.get(), at, method, 0) == 0);
      check(zip_file_set_dostime(archive.get(), at, 0, kDate, 0) == 0);
      check(zip_file_set_external_attributes(archive.get(), at, 0, ZIP_OPSYS_UNIX, kPlainFile) == 0);
    }
    check(zip_close(archive.get()) == 0);
    (void)archive.release();
  });
}

}  // namespace corticast
