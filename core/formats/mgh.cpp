#include "core/formats/mgh.h"

#include <string>

#include "core/base/atomic_file.h"
#include "core/formats/gzip.h"
#include "core/formats/internal/byte_reader.h"

namespace corticast {
namespace {

constexpr size_t kHeaderBytes = 284;
constexpr size_t kMostBytes = size_t{1} << 44;

size_t sizeOf(MghType type) {
  switch (type) {
    case MghType::UInt8:
      return 1;
    case MghType::Int16:
    case MghType::UInt16:
      return 2;
    case MghType::Int32:
    case MghType::Float32:
      break;
  }
  return 4;
}

MghType typeOf(const ByteReader& reader, int32_t code) {
  switch (code) {
    case 0:
      return MghType::UInt8;
    case 1:
      return MghType::Int32;
    case 3:
      return MghType::Float32;
    case 4:
      return MghType::Int16;
    case 10:
      return MghType::UInt16;
    default:
      reader.fail("its values are of type " + std::to_string(code) + ", which cannot be read",
                  "convert it with mri_convert --out_data_type float");
  }
}

MghHeader parseHeader(std::span<const std::byte> bytes, const std::string& where) {
  ByteReader reader(bytes, "read MGH volume", where);
  if (reader.next<int32_t>() != 1)
    reader.fail("it does not begin as an MGH volume does", "choose an .mgh or .mgz file");
  MghHeader header;
  size_t total = 1;
  for (size_t& extent : header.shape) {
    const auto value = reader.next<int32_t>();
    if (value < 1 || static_cast<size_t>(value) > kMostBytes / total)
      reader.fail("its dimensions are impossible: one is " + std::to_string(value));
    extent = static_cast<size_t>(value);
    total *= extent;
  }
  header.type = typeOf(reader, reader.next<int32_t>());
  return header;
}

}  // namespace

struct MghFile::State {
  std::filesystem::path path;
  ByteStream stream;
  MghHeader header;
  std::vector<std::byte> buffer;

  explicit State(const std::filesystem::path& file) : path(file), stream(file) {
    std::array<std::byte, kHeaderBytes> bytes{};
    const size_t got = stream.read(bytes);
    header = parseHeader(std::span(bytes).first(got), path.string());
    if (got < kHeaderBytes) fail("it ends within its header");
    const uint64_t needed = kHeaderBytes + static_cast<uint64_t>(frameBytes()) * header.frameCount();
    if (!stream.isCompressed() && std::filesystem::file_size(path) < needed)
      fail("it has " + std::to_string(std::filesystem::file_size(path)) + " bytes, its dimensions ask for " +
           std::to_string(needed));
  }

  [[noreturn]] void fail(const std::string& why,
                         const std::string& remedy = "the file is damaged: fetch or export it again") const {
    throw Error({.what = "read MGH volume", .where = path.string(), .why = why, .remedy = remedy});
  }
  [[nodiscard]] size_t frameBytes() const { return header.voxelCount() * sizeOf(header.type); }

  /// Leaves the frame's bytes in `buffer`. Grows it as data comes, so that a lying .mgz header allocates nothing.
  void load(size_t index) {
    if (index >= header.frameCount())
      fail("there is no frame " + std::to_string(index) + " of " + std::to_string(header.frameCount()),
           "ask for a frame that is there");
    constexpr size_t kStep = 1 << 24;
    stream.seek(kHeaderBytes + static_cast<uint64_t>(index) * frameBytes());
    if (buffer.size() == frameBytes()) return stream.readExactly(buffer);
    buffer.clear();
    while (buffer.size() < frameBytes()) {
      const size_t done = buffer.size();
      buffer.resize(std::min(frameBytes(), done + kStep));
      stream.readExactly(std::span(buffer).subspan(done));
    }
  }

  [[nodiscard]] float at(size_t voxel) const {
    const std::byte* bytes = buffer.data() + voxel * sizeOf(header.type);
    switch (header.type) {
      case MghType::UInt8:
        return static_cast<float>(std::to_integer<uint8_t>(*bytes));
      case MghType::Int16:
        return static_cast<float>(loadBigEndian<int16_t>(bytes));
      case MghType::UInt16:
        return static_cast<float>(loadBigEndian<uint16_t>(bytes));
      case MghType::Float32:
        return loadBigEndian<float>(bytes);
      case MghType::Int32:
        break;
    }
    const auto value = loadBigEndian<int32_t>(bytes);
    const auto converted = static_cast<float>(value);
    if (static_cast<double>(converted) != static_cast<double>(value))
      fail("the integer " + std::to_string(value) + " has no exact float32 value",
           "use a file with smaller integers or with float values");
    return converted;
  }
};

MghFile::MghFile(const std::filesystem::path& path) : m_state(std::make_unique<State>(path)) {}
MghFile::~MghFile() = default;
MghFile::MghFile(MghFile&&) noexcept = default;
MghFile& MghFile::operator=(MghFile&&) noexcept = default;

const MghHeader& MghFile::header() const {
  return m_state->header;
}

std::vector<float> MghFile::frame(size_t index) {
  m_state->load(index);
  std::vector<float> values(header().voxelCount());
  for (size_t v = 0; v < values.size(); ++v) values[v] = m_state->at(v);
  return values;
}

void MghFile::read(size_t first, std::span<const uint32_t> voxels, MatrixView<float> out) {
  if (out.cols() != voxels.size())
    m_state->fail("values of " + std::to_string(voxels.size()) + " voxels do not fit into " +
                      std::to_string(out.cols()) + " columns",
                  "give one column per voxel");
  for (const uint32_t voxel : voxels)
    if (voxel >= header().voxelCount())
      m_state->fail("there is no voxel " + std::to_string(voxel) + " of " + std::to_string(header().voxelCount()),
                    "ask for vertices of the surface that the volume was made on");
  for (size_t f = 0; f < out.rows(); ++f) {
    m_state->load(first + f);
    for (size_t i = 0; i < voxels.size(); ++i) out(f, i) = m_state->at(voxels[i]);
  }
}

MghVolume readMgh(const std::filesystem::path& path) {
  MghFile file(path);
  MghVolume volume{.shape = file.header().shape, .values = {}};
  for (size_t f = 0; f < file.header().frameCount(); ++f) {
    const auto values = file.frame(f);
    volume.values.insert(volume.values.end(), values.begin(), values.end());
  }
  return volume;
}

void writeMghMaps(const std::filesystem::path& path, MatrixView<const float> maps) {
  constexpr size_t kMost = INT32_MAX;
  if (maps.empty() || maps.rows() > kMost || maps.cols() > kMost)
    throw Error({.what = "write MGH volume",
                 .where = path.string(),
                 .why = "there is no map to write, or too many",
                 .remedy = "give at least one map with at least one vertex"});
  std::string out;
  for (const size_t value : {size_t{1}, maps.cols(), size_t{1}, size_t{1}, maps.rows(), size_t{3}, size_t{0}})
    appendBigEndian(out, static_cast<int32_t>(value));
  out.resize(kHeaderBytes, '\0');
  out.reserve(kHeaderBytes + maps.rows() * maps.cols() * 4);
  for (size_t m = 0; m < maps.rows(); ++m)
    for (const float value : maps.row(m)) appendBigEndian(out, value);
  if (path.extension() != ".mgz") return writeFileAtomically(path, out);
  const auto packed = packGzip(std::as_bytes(std::span(out)));
  writeFileAtomically(path, std::string_view(reinterpret_cast<const char*>(packed.data()), packed.size()));
}

}  // namespace corticast
