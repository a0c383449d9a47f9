#include <cstring>

#include "core/base/error.h"
#include "core/features/array_file.h"
#include "core/formats/half.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

template <typename T>
float valueAt(const std::byte* data, size_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return static_cast<float>(value);
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
    for (size_t i = 0; i < out.size(); ++i) out[i] = value(data, i);
  }

 private:
  [[noreturn]] void fail(const std::string& why, const std::string& remedy) const {
    throw Error(
        {.what = "read a precomputed embedding", .where = m_file.path().string(), .why = why, .remedy = remedy});
  }
  [[nodiscard]] float value(const std::byte* data, size_t index) const {
    switch (m_file.header().type) {
      case NpyType::Float32:
        return valueAt<float>(data, index);
      case NpyType::Float64:
        return valueAt<double>(data, index);
      default:
        break;
    }
    uint16_t bits = 0;
    std::memcpy(&bits, data + index * sizeof(bits), sizeof(bits));
    return halfToFloat(bits);
  }

  MappedNpy m_file;
};

}  // namespace

std::unique_ptr<ArrayFile> openNpyArray(const std::filesystem::path& path) {
  return std::make_unique<NpyArray>(path);
}

}  // namespace corticast
