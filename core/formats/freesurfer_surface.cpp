#include "core/formats/freesurfer_surface.h"

#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/formats/gzip.h"
#include "core/formats/internal/byte_reader.h"

namespace corticast {
namespace {

constexpr uint64_t kMostBytes = 4'000'000'000;
constexpr uint32_t kTriangleMagic = 0xFFFFFE;
constexpr uint32_t kQuadMagic = 0xFFFFFF;
constexpr uint32_t kNewQuadMagic = 0xFFFFFD;

uint32_t magicOf(ByteReader& reader) {
  uint32_t magic = 0;
  for (const std::byte byte : reader.take(3)) magic = magic << 8 | std::to_integer<uint32_t>(byte);
  return magic;
}

template <typename T>
void readTriples(ByteReader& reader, std::vector<std::array<T, 3>>& triples, size_t count) {
  const auto bytes = reader.take(count * 12);
  triples.resize(count);
  for (size_t i = 0; i < count * 3; ++i) triples[i / 3][i % 3] = loadBigEndian<T>(bytes.data() + i * 4);
}

}  // namespace

SurfaceGeometry readFreesurferSurface(const std::filesystem::path& path) {
  const auto bytes = readBytes(path, kMostBytes);
  ByteReader reader(bytes, "read FreeSurfer surface", path.string());
  const uint32_t magic = magicOf(reader);
  if (magic == kQuadMagic || magic == kNewQuadMagic)
    reader.fail("it is a quadrangle surface or not a surface",
                "convert it with mris_convert, or choose a surface file");
  if (magic != kTriangleMagic)
    reader.fail("it does not begin as a FreeSurfer surface does", "choose a file such as lh.white or lh.inflated");
  // "created by ... on ..." and an empty line.
  static_cast<void>(reader.line(4096));
  static_cast<void>(reader.line(4096));
  const auto vertices = reader.count("vertices", 12);
  const auto triangles = reader.count("triangles", 12);
  SurfaceGeometry geometry;
  readTriples(reader, geometry.positions, vertices);
  readTriples(reader, geometry.triangles, triangles);
  checkGeometry(geometry, path.string());
  return geometry;
}

void writeFreesurferSurface(const std::filesystem::path& path, const SurfaceGeometry& geometry) {
  checkGeometry(geometry, path.string());
  std::string out =
      "\xFF\xFF\xFE"
      "created by corticast\n\n";
  appendBigEndian(out, static_cast<int32_t>(geometry.positions.size()));
  appendBigEndian(out, static_cast<int32_t>(geometry.triangles.size()));
  for (const auto& position : geometry.positions)
    for (const float coordinate : position) appendBigEndian(out, coordinate);
  for (const auto& triangle : geometry.triangles)
    for (const int32_t vertex : triangle) appendBigEndian(out, vertex);
  writeFileAtomically(path, out);
}

FreesurferPatch readFreesurferPatch(const std::filesystem::path& path) {
  const auto bytes = readBytes(path, kMostBytes);
  ByteReader reader(bytes, "read FreeSurfer patch", path.string());
  if (reader.next<int32_t>() != -1)
    reader.fail("it does not begin as a binary FreeSurfer patch does", "choose a file such as lh.cortex.patch.flat");
  const auto count = reader.count("vertices", 16);
  if (reader.remaining() != count * 16) reader.fail("bytes follow its last vertex");
  FreesurferPatch patch;
  std::unordered_set<int32_t> seen;
  for (size_t i = 0; i < count; ++i) {
    // One-based, and negative for a vertex on the border.
    const auto number = reader.next<int32_t>();
    if (number == 0 || number == INT32_MIN) reader.fail("entry " + std::to_string(i) + " names no vertex");
    const int32_t vertex = (number < 0 ? -number : number) - 1;
    if (!seen.insert(vertex).second) reader.fail("vertex " + std::to_string(vertex) + " is listed twice");
    patch.vertices.push_back(vertex);
    patch.isBorder.push_back(number < 0);
    auto& position = patch.positions.emplace_back();
    for (float& coordinate : position) coordinate = reader.next<float>();
  }
  checkGeometry({.positions = patch.positions, .triangles = {}}, path.string());
  return patch;
}

}  // namespace corticast
