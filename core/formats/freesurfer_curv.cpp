#include "core/formats/freesurfer_curv.h"

#include "core/base/atomic_file.h"
#include "core/formats/gzip.h"
#include "core/formats/internal/byte_reader.h"

namespace corticast {

std::vector<float> readFreesurferCurv(const std::filesystem::path& path) {
  const auto bytes = readBytes(path, 4'000'000'000);
  ByteReader reader(bytes, "read FreeSurfer values", path.string());
  for (const std::byte byte : reader.take(3))
    if (byte != std::byte{0xFF})
      reader.fail("it does not begin as a FreeSurfer value file does",
                  "choose a file such as lh.curv or lh.sulc; convert older formats with mris_convert");
  const auto vertices = reader.next<int32_t>();
  const auto triangles = reader.next<int32_t>();
  const auto perVertex = reader.next<int32_t>();
  if (vertices < 0 || triangles < 0) reader.fail("its counts are negative");
  if (perVertex != 1)
    reader.fail("it has " + std::to_string(perVertex) + " values per vertex",
                "choose a file with one value per vertex");
  if (reader.remaining() != static_cast<size_t>(vertices) * 4)
    reader.fail("it says it has " + std::to_string(vertices) + " values and holds " +
                std::to_string(reader.remaining()) + " bytes of them");
  const auto data = reader.take(reader.remaining());
  std::vector<float> values(static_cast<size_t>(vertices));
  for (size_t i = 0; i < values.size(); ++i) values[i] = loadBigEndian<float>(data.data() + i * 4);
  return values;
}

void writeFreesurferCurv(const std::filesystem::path& path, std::span<const float> values, size_t triangleCount) {
  std::string out = "\xFF\xFF\xFF";
  appendBigEndian(out, static_cast<int32_t>(values.size()));
  appendBigEndian(out, static_cast<int32_t>(triangleCount));
  appendBigEndian(out, int32_t{1});
  for (const float value : values) appendBigEndian(out, value);
  writeFileAtomically(path, out);
}

}  // namespace corticast
