#include <cstring>

#include "core/base/error.h"
#include "core/features/array_file.h"
#include "core/formats/half.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

double doubleAt(const std::byte* data, size_t index) {
  double value = 0;
  std::memcpy(&value, data + index * sizeof(value), sizeof(value));
  return value;
}

class NpyArray : public ArrayFile {
 public:
  explicit NpyArray(const std::filesystem::path& path) : m_file(path) {
    const NpyHeader& header = m_file.header();
    if (header.shape.size() < 2)
      fail("its shape is " + header.shapeText() + ", [pictures x features] is needed", "save an array of rows");
    if (header.isFortranOrder || header.isByteSwapped)
      fail(header.isFortranOrder ? "it is in Fortran order" : "its byte order is foreign",
           "save it with numpy.save(path, numpy.ascontiguousarray(array, dtype='float32'))");
    if (header.type != NpyType::Float32 && header.type != NpyType::Float64 && header.type != NpyType::Float16)
      fail("its values are " + toString(header.type) + "; float16, float32 or float64 are needed",
           "save it with numpy.save(path, array.astype('float32'))");
  }

  [[nodiscard]] size_t rows() const override { return m_file.header().shape.front(); }
  [[nodiscard]] std::vector<size_t> rowShape() const override {
    return {m_file.header().shape.begin() + 1, m_file.header().shape.end()};
  }
  [[nodiscard]] std::vector<std::string> names() const override { return {}; }

  void read(size_t first, size_t count, std::span<float> out) const override {
    const size_t features = out.size() / count;
    const std::byte* data = m_file.bytes().data() + first * features * sizeOf(m_file.header().type);
    switch (m_file.header().type) {
      case NpyType::Float32:
        std::memcpy(out.data(), data, out.size_bytes());
        break;
      case NpyType::Float64:
        for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(doubleAt(data, i));
        break;
      default: {
        std::vector<uint16_t> halves(out.size());
        std::memcpy(halves.data(), data, halves.size() * sizeof(uint16_t));
        halvesToFloats(halves, out);
      }
    }
    m_file.release();  // arrays are read front to back, and may be larger than the memory
  }

 private:
  [[noreturn]] void fail(const std::string& why, const std::string& remedy) const {
    throw Error(
        {.what = "read a precomputed embedding", .where = m_file.path().string(), .why = why, .remedy = remedy});
  }

  MappedNpy m_file;
};

}  // namespace

std::unique_ptr<ArrayFile> openNpyArray(const std::filesystem::path& path) {
  return std::make_unique<NpyArray>(path);
}

}  // namespace corticast
