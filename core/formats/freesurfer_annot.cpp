#include "core/formats/freesurfer_annot.h"

#include <unordered_map>

#include "core/formats/gzip.h"
#include "core/formats/internal/byte_reader.h"

namespace corticast {
namespace {

constexpr int32_t kColourTableTag = 1;
constexpr size_t kMostNameBytes = 4096;

std::vector<int32_t> readValues(ByteReader& reader) {
  const auto count = reader.count("vertices", 8);
  std::vector<int32_t> values(count);
  std::vector<bool> seen(count, false);
  for (size_t i = 0; i < count; ++i) {
    const auto vertex = reader.next<int32_t>();
    const auto value = reader.next<int32_t>();
    if (vertex < 0 || static_cast<size_t>(vertex) >= count)
      reader.fail("it names vertex " + std::to_string(vertex) + " of " + std::to_string(count));
    const auto index = static_cast<size_t>(vertex);
    if (seen[index]) reader.fail("vertex " + std::to_string(vertex) + " is listed twice");
    seen[index] = true;
    values[index] = value;
  }
  return values;
}

/// A length and that many bytes, which end with a zero.
std::string readName(ByteReader& reader) {
  const auto size = reader.next<int32_t>();
  if (size < 0 || static_cast<size_t>(size) > kMostNameBytes) reader.fail("a name's length is impossible");
  const auto bytes = reader.take(static_cast<size_t>(size));
  std::string name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const size_t end = name.find('\0'); end != std::string::npos) name.resize(end);
  return name;
}

AnnotationEntry readEntry(ByteReader& reader) {
  AnnotationEntry entry;
  entry.name = readName(reader);
  uint32_t value = 0;
  for (size_t channel = 0; channel < 4; ++channel) {
    const auto level = reader.next<int32_t>();
    if (level < 0 || level > 255) reader.fail("the colour of \"" + entry.name + "\" is not within 0 to 255");
    if (channel < 3) entry.rgb[channel] = static_cast<uint8_t>(level);
    value |= static_cast<uint32_t>(level) << (8 * channel);
  }
  entry.value = static_cast<int32_t>(value);
  return entry;
}

std::vector<AnnotationEntry> readOldTable(ByteReader& reader, size_t count) {
  static_cast<void>(readName(reader));
  std::vector<AnnotationEntry> entries;
  for (size_t i = 0; i < count; ++i) entries.push_back(readEntry(reader));
  return entries;
}

std::vector<AnnotationEntry> readTable(ByteReader& reader) {
  const auto most = reader.next<int32_t>();
  static_cast<void>(readName(reader));
  const auto count = reader.count("colours", 24);
  std::vector<AnnotationEntry> entries;
  for (size_t i = 0; i < count; ++i) {
    const auto structure = reader.next<int32_t>();
    if (structure < 0 || structure >= most) reader.fail("a structure's number is out of range");
    entries.push_back(readEntry(reader));
  }
  return entries;
}

std::vector<AnnotationEntry> readEntries(ByteReader& reader) {
  if (reader.remaining() == 0) return {};
  if (reader.next<int32_t>() != kColourTableTag)
    reader.fail("something other than a colour table follows the vertices");
  const auto kind = reader.next<int32_t>();
  if (kind > 0 && static_cast<size_t>(kind) <= reader.remaining() / 20)
    return readOldTable(reader, static_cast<size_t>(kind));
  if (kind != -2) reader.fail("its colour table is of unknown version " + std::to_string(kind));
  return readTable(reader);
}

}  // namespace

Annotation readFreesurferAnnot(const std::filesystem::path& path) {
  const auto bytes = readBytes(path, 4'000'000'000);
  ByteReader reader(bytes, "read FreeSurfer annotation", path.string());
  Annotation annotation;
  annotation.values = readValues(reader);
  annotation.entries = readEntries(reader);
  if (reader.remaining() != 0) reader.fail("bytes follow its colour table");
  std::unordered_map<int32_t, int32_t> indexOf;
  for (size_t i = 0; i < annotation.entries.size(); ++i)
    indexOf.emplace(annotation.entries[i].value, static_cast<int32_t>(i));
  for (const int32_t value : annotation.values) {
    const auto found = indexOf.find(value);
    annotation.labels.push_back(found == indexOf.end() ? -1 : found->second);
  }
  return annotation;
}

}  // namespace corticast
