#include "core/formats/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/half.h"
#include "core/formats/internal/npy_header.h"

namespace corticast {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian and mapped as they are");

template <typename T>
struct NpyTraits;
template <>
struct NpyTraits<float> {
  static constexpr NpyType kType = NpyType::Float32;
  static constexpr const char* kDescr = "<f4";
};
template <>
struct NpyTraits<double> {
  static constexpr NpyType kType = NpyType::Float64;
  static constexpr const char* kDescr = "<f8";
};
template <>
struct NpyTraits<int32_t> {
  static constexpr NpyType kType = NpyType::Int32;
  static constexpr const char* kDescr = "<i4";
};
template <>
struct NpyTraits<int64_t> {
  static constexpr NpyType kType = NpyType::Int64;
  static constexpr const char* kDescr = "<i8";
};
template <>
struct NpyTraits<uint8_t> {
  static constexpr NpyType kType = NpyType::UInt8;
  static constexpr const char* kDescr = "|u1";
};
template <>
struct NpyTraits<uint32_t> {
  static constexpr NpyType kType = NpyType::UInt32;
  static constexpr const char* kDescr = "<u4";
};

[[noreturn]] void failReading(const std::filesystem::path& path, const std::string& why, const std::string& remedy) {
  throw Error({.what = "read NumPy array", .where = path.string(), .why = why, .remedy = remedy});
}

/// True when `value` is `result` within the rules of readNpyVector.
template <typename T, typename Stored>
bool convert(Stored value, T& result) {
  if constexpr (std::is_floating_point_v<T>) {
    result = static_cast<T>(value);
    if constexpr (std::is_floating_point_v<Stored>) return !std::isfinite(value) || std::isfinite(result);
    return true;
  } else if constexpr (std::is_floating_point_v<Stored>) {
    // 2^digits is exact in double, unlike the largest integer itself.
    constexpr double kEnd = 2.0 * static_cast<double>(uint64_t{1} << (std::numeric_limits<T>::digits - 1));
    const double real = value;
    if (!(real >= static_cast<double>(std::numeric_limits<T>::min()) && real < kEnd) || real != std::trunc(real))
      return false;
    result = static_cast<T>(real);
    return true;
  } else {
    result = static_cast<T>(value);
    return std::in_range<T>(value);
  }
}

template <typename Stored>
Stored storedValue(const std::byte* at, bool isByteSwapped) {
  std::array<std::byte, sizeof(Stored)> bytes;
  std::memcpy(bytes.data(), at, sizeof(Stored));
  if (isByteSwapped) std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<Stored>(bytes);
}

struct Half {
  uint16_t bits;
};

template <typename T, typename Stored>
void convertAll(const MappedNpy& file, std::span<T> out) {
  const std::byte* at = file.bytes().data();
  for (size_t i = 0; i < out.size(); ++i, at += sizeof(Stored)) {
    const auto raw = storedValue<Stored>(at, file.header().isByteSwapped);
    bool fits = false;
    if constexpr (std::is_same_v<Stored, Half>)
      fits = convert<T>(halfToFloat(raw.bits), out[i]);
    else
      fits = convert<T>(raw, out[i]);
    if (!fits)
      failReading(file.path(), "value " + std::to_string(i) + " does not fit " + toString(NpyTraits<T>::kType),
                  "check what wrote this file; convert it with array.astype");
  }
}

template <typename T>
void convertTo(const MappedNpy& file, std::span<T> out) {
  switch (file.header().type) {
    case NpyType::Bool:
    case NpyType::UInt8:
      return convertAll<T, uint8_t>(file, out);
    case NpyType::Int8:
      return convertAll<T, int8_t>(file, out);
    case NpyType::Int16:
      return convertAll<T, int16_t>(file, out);
    case NpyType::Int32:
      return convertAll<T, int32_t>(file, out);
    case NpyType::Int64:
      return convertAll<T, int64_t>(file, out);
    case NpyType::UInt16:
      return convertAll<T, uint16_t>(file, out);
    case NpyType::UInt32:
      return convertAll<T, uint32_t>(file, out);
    case NpyType::UInt64:
      return convertAll<T, uint64_t>(file, out);
    case NpyType::Float16:
      return convertAll<T, Half>(file, out);
    case NpyType::Float32:
      return convertAll<T, float>(file, out);
    case NpyType::Float64:
      return convertAll<T, double>(file, out);
    case NpyType::Object:
      break;
  }
  failReading(file.path(), "it holds Python objects; numbers are needed", "save it as an array of numbers");
}

void requireDimensions(const MappedNpy& file, size_t count) {
  if (file.header().shape.size() != count)
    failReading(file.path(),
                "its shape is " + file.header().shapeText() + "; " + std::to_string(count) + " axes are needed",
                "save it as an array of " + std::to_string(count) + " axes");
}

}  // namespace

MappedNpy::MappedNpy(const std::filesystem::path& path)
    : m_file(path), m_header(parseNpyHeader(m_file.bytes(), path.string())) {}

NpyHeader readNpyHeader(const std::filesystem::path& path) {
  return MappedNpy(path).header();
}

template <typename T>
MatrixView<const T> MappedNpy::matrix() const {
  const std::string wanted = toString(NpyTraits<T>::kType);
  requireDimensions(*this, 2);
  if (m_header.type != NpyTraits<T>::kType || m_header.isByteSwapped)
    failReading(
        path(),
        (m_header.isByteSwapped ? "big-endian " : "") + toString(m_header.type) + " values; " + wanted + " is needed",
        "convert it with array.astype('" + wanted + "')");
  if (m_header.isFortranOrder)
    failReading(path(), "its values lie column by column", "save it with numpy.ascontiguousarray(array)");
  if (m_header.dataOffset % sizeof(T) != 0)
    failReading(path(), "its values do not lie at a multiple of their size", "save it again with numpy.save");
  return {reinterpret_cast<const T*>(bytes().data()), m_header.shape[0], m_header.shape[1]};
}

template <typename T>
std::vector<T> readNpyVector(const std::filesystem::path& path) {
  const MappedNpy file(path);
  requireDimensions(file, 1);
  if (file.header().isObject) convertTo<T>(file, {});
  std::vector<T> values(file.header().valueCount());
  convertTo<T>(file, values);
  return values;
}

Matrix<float> readNpyMatrix(const std::filesystem::path& path) {
  const MappedNpy file(path);
  requireDimensions(file, 2);
  if (file.header().isObject) convertTo<float>(file, {});
  const size_t rows = file.header().shape[0], cols = file.header().shape[1];
  Matrix<float> values(rows, cols);
  convertTo<float>(file, values.values());
  if (!file.header().isFortranOrder) return values;
  const MatrixView<const float> stored(values.data(), cols, rows);
  Matrix<float> turned(rows, cols);
  for (size_t r = 0; r < rows; ++r)
    for (size_t c = 0; c < cols; ++c) turned(r, c) = stored(c, r);
  return turned;
}

void writeNpy(const std::filesystem::path& path, MatrixView<const float> values) {
  AtomicFile file(path);
  file.write(formatNpyHeader(NpyTraits<float>::kDescr, {values.rows(), values.cols()}));
  for (size_t r = 0; r < values.rows(); ++r) file.write(std::as_bytes(values.row(r)));
  file.commit();
}

std::string npyBytes(MatrixView<const float> values) {
  std::string bytes = formatNpyHeader(NpyTraits<float>::kDescr, {values.rows(), values.cols()});
  for (size_t r = 0; r < values.rows(); ++r)
    bytes.append(reinterpret_cast<const char*>(values.row(r).data()), values.cols() * sizeof(float));
  return bytes;
}

template <typename T>
void writeNpy(const std::filesystem::path& path, std::span<const T> values, const std::vector<size_t>& shape) {
  size_t count = 1;
  for (const size_t size : shape) count *= size;
  if (count != values.size())
    throw Error({.what = "write NumPy array",
                 .where = path.string(),
                 .why = std::to_string(values.size()) + " values were given for a shape of " + std::to_string(count),
                 .remedy = "report this as a fault of the program"});
  AtomicFile file(path);
  file.write(formatNpyHeader(NpyTraits<T>::kDescr, shape));
  file.write(std::as_bytes(values));
  file.commit();
}

NpyWriter::NpyWriter(std::filesystem::path path, size_t cols) : m_file(std::move(path)), m_cols(cols) {
  m_file.write(formatNpyHeader(NpyTraits<float>::kDescr, {0, m_cols}));
}

void NpyWriter::append(std::span<const float> row) {
  if (row.size() != m_cols)
    throw Error({.what = "write NumPy array",
                 .where = m_file.path().string(),
                 .why = "a row of " + std::to_string(row.size()) + " values was given for " + std::to_string(m_cols) +
                        " columns",
                 .remedy = "report this as a fault of the program"});
  m_file.write(std::as_bytes(row));
  ++m_rows;
}

void NpyWriter::append(MatrixView<const float> rows) {
  for (size_t r = 0; r < rows.rows(); ++r) append(rows.row(r));
}

void NpyWriter::commit() {
  m_file.writeAt(0, formatNpyHeader(NpyTraits<float>::kDescr, {m_rows, m_cols}));
  m_file.commit();
}

template MatrixView<const float> MappedNpy::matrix<float>() const;
template MatrixView<const double> MappedNpy::matrix<double>() const;
template MatrixView<const int32_t> MappedNpy::matrix<int32_t>() const;
template MatrixView<const int64_t> MappedNpy::matrix<int64_t>() const;
template MatrixView<const uint8_t> MappedNpy::matrix<uint8_t>() const;
template std::vector<float> readNpyVector<float>(const std::filesystem::path&);
template std::vector<double> readNpyVector<double>(const std::filesystem::path&);
template std::vector<int32_t> readNpyVector<int32_t>(const std::filesystem::path&);
template std::vector<int64_t> readNpyVector<int64_t>(const std::filesystem::path&);
template std::vector<uint8_t> readNpyVector<uint8_t>(const std::filesystem::path&);
template std::vector<uint32_t> readNpyVector<uint32_t>(const std::filesystem::path&);
template void writeNpy<float>(const std::filesystem::path&, std::span<const float>, const std::vector<size_t>&);
template void writeNpy<double>(const std::filesystem::path&, std::span<const double>, const std::vector<size_t>&);
template void writeNpy<int32_t>(const std::filesystem::path&, std::span<const int32_t>, const std::vector<size_t>&);
template void writeNpy<int64_t>(const std::filesystem::path&, std::span<const int64_t>, const std::vector<size_t>&);
template void writeNpy<uint8_t>(const std::filesystem::path&, std::span<const uint8_t>, const std::vector<size_t>&);
template void writeNpy<uint32_t>(const std::filesystem::path&, std::span<const uint32_t>, const std::vector<size_t>&);

}  // namespace corticast
