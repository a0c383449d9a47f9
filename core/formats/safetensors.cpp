#include "core/formats/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/formats/internal/safetensors_header.h"
#include "core/formats/internal/utf8.h"

namespace corticast {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian and mapped as they are");

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the reference's limit
constexpr const char* kMetadataKey = "__metadata__";

std::string_view headerText(std::span<const std::byte> file, const std::string& where) {
  if (file.size() < kLengthBytes) failReadingSafetensors(where, "it is shorter than the length of its header");
  uint64_t length = 0;
  std::memcpy(&length, file.data(), kLengthBytes);
  if (length > kMaxHeaderBytes)
    failReadingSafetensors(where,
                           "its header claims " + std::to_string(length) + " bytes; at most 100,000,000 are allowed");
  if (length > file.size() - kLengthBytes)
    failReadingSafetensors(where, "its header claims " + std::to_string(length) + " bytes; the file has " +
                                      std::to_string(file.size() - kLengthBytes));
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + kLengthBytes, length);
  if (text.empty() || text.front() != '{') failReadingSafetensors(where, "its header does not start with '{'");
  return text;
}

/// The tensors must tile the data part: no hole, no overlap, nothing behind the last.
void checkLayout(std::vector<SafetensorsFile::Entry>& entries, size_t dataBytes, const std::string& where) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  size_t at = 0;
  for (const auto& entry : entries) {
    if (entry.begin != at || entry.end < entry.begin)
      failReadingSafetensors(where, "tensor '" + entry.name + "' begins at byte " + std::to_string(entry.begin) +
                                        " and ends at " + std::to_string(entry.end) + "; it should begin at " +
                                        std::to_string(at));
    size_t bytes = 0;
    if (!tensorBytes(entry.shape, entry.type, bytes) || bytes != entry.end - entry.begin)
      failReadingSafetensors(where, "the shape of tensor '" + entry.name + "' does not fit its " +
                                        std::to_string(entry.end - entry.begin) + " bytes");
    at = entry.end;
  }
  if (at != dataBytes)
    failReadingSafetensors(
        where, "its tensors take " + std::to_string(at) + " bytes; the file has " + std::to_string(dataBytes));
}

[[noreturn]] void failWriting(const std::filesystem::path& path, const std::string& why) {
  throw Error({.what = "write safetensors file",
               .where = path.string(),
               .why = why,
               .remedy = "report this as a fault of the program"});
}

std::vector<const NamedTensor*> writingOrder(const std::filesystem::path& path, std::span<const NamedTensor> tensors) {
  std::vector<const NamedTensor*> order;
  std::set<std::string_view> names;
  for (const NamedTensor& tensor : tensors) {
    if (tensor.name.empty() || tensor.name == kMetadataKey || !isUtf8(tensor.name))
      failWriting(path, "a tensor has an impossible name");
    if (!names.insert(tensor.name).second) failWriting(path, "two tensors are named '" + tensor.name + "'");
    size_t bytes = 0;
    if (!tensorBytes(tensor.shape, tensor.type, bytes) || bytes != tensor.data.size())
      failWriting(path, "the data of tensor '" + tensor.name + "' does not fit its shape");
    order.push_back(&tensor);
  }
  // Largest values first keeps every tensor at a multiple of its value's size.
  std::sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return a->type != b->type ? a->type > b->type : a->name < b->name;
  });
  return order;
}

std::string headerOf(std::span<const NamedTensor* const> order, const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  auto& fields = header.get_ref<Json::object_t&>();
  size_t at = 0;
  for (const NamedTensor* tensor : order) {
    Json entry = {{"dtype", toString(tensor->type)}, {"shape", Json::array()}, {"data_offsets", Json::array()}};
    for (const int64_t size : tensor->shape) entry["shape"].push_back(size);
    entry["data_offsets"].push_back(at);
    entry["data_offsets"].push_back(at += tensor->data.size());
    // Past the map's own insertion, which looks through all keys each time.
    fields.std::vector<Json::object_t::value_type>::emplace_back(tensor->name, std::move(entry));
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : m_file(path) {
  const std::string where = path.string();
  const std::string_view text = headerText(m_file.bytes(), where);
  m_dataOffset = kLengthBytes + text.size();
  SafetensorsHeader header = parseSafetensorsHeader(text, where);
  m_entries = std::move(header.entries);
  m_metadata = std::move(header.metadata);
  checkLayout(m_entries, m_file.bytes().size() - m_dataOffset, where);
  for (size_t i = 0; i < m_entries.size(); ++i) m_index.emplace(m_entries[i].name, i);
}

const SafetensorsFile::Entry& SafetensorsFile::entry(const std::string& name) const {
  const auto found = m_index.find(name);
  if (found == m_index.end())
    throw Error({.what = "read safetensors file",
                 .where = m_file.path().string(),
                 .why = "it has no tensor '" + name + "'",
                 .remedy = "the file was made for something else, or by another version"});
  return m_entries[found->second];
}

std::span<const std::byte> SafetensorsFile::bytes(const std::string& name) const {
  const Entry& wanted = entry(name);
  return m_file.bytes().subspan(m_dataOffset + wanted.begin, wanted.end - wanted.begin);
}

NamedTensor SafetensorsFile::read(const std::string& name) const {
  const Entry& wanted = entry(name);
  const auto data = bytes(name);
  return {.name = name, .shape = wanted.shape, .type = wanted.type, .data = {data.begin(), data.end()}};
}

std::vector<NamedTensor> SafetensorsFile::readAll() const {
  std::vector<NamedTensor> tensors;
  tensors.reserve(m_entries.size());
  for (const Entry& each : m_entries) tensors.push_back(read(each.name));
  return tensors;
}

void writeSafetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                      const std::map<std::string, std::string>& metadata) {
  for (const auto& [key, value] : metadata)
    if (!isUtf8(key) || !isUtf8(value)) failWriting(path, "its metadata is not UTF-8");
  const auto order = writingOrder(path, tensors);
  const std::string header = headerOf(order, metadata);
  if (header.size() > kMaxHeaderBytes) failWriting(path, "there are too many tensors for one file");
  const auto length = static_cast<uint64_t>(header.size());
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(header);
  for (const NamedTensor* tensor : order) file.write(tensor->data);
  file.commit();
}

}  // namespace corticast
