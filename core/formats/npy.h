#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/matrix.h"
#include "core/formats/mapped_file.h"

/// NumPy's .npy files (numpy.lib.format, versions 1.0, 2.0 and 3.0). Every reader throws Error naming the file when
/// it is missing, damaged, cut short, longer than its header says, or of a type that does not fit.
namespace corticast {

enum class NpyType {
  Bool,
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Float16,
  Float32,
  Float64,
  Object
};

/// As NumPy names it: "float32".
[[nodiscard]] std::string toString(NpyType type);
/// Bytes of one value; 0 for Object.
[[nodiscard]] size_t sizeOf(NpyType type);

struct NpyHeader {
  NpyType type = NpyType::Float32;
  bool isByteSwapped = false;  ///< stored big-endian
  bool isFortranOrder = false;
  bool isObject = false;  ///< the data is a pickle: see label_map.h
  std::vector<size_t> shape;
  size_t dataOffset = 0;  ///< from the start of the file

  [[nodiscard]] size_t valueCount() const;
  /// "(9841, 19004)"
  [[nodiscard]] std::string shapeText() const;
};

/// Only the header, and the promise that the file holds as many bytes as it says.
[[nodiscard]] NpyHeader readNpyHeader(const std::filesystem::path& path);
/// The same of bytes in memory; `where` names their origin.
[[nodiscard]] NpyHeader parseNpyHeader(std::span<const std::byte> file, const std::string& where);

/// An array that stays on disk: nothing is read until it is touched.
///
///     MappedNpy file(path);
///     MatrixView<const float> responses = file.matrix<float>();   // [images x vertices], no copy
class MappedNpy {
 public:
  explicit MappedNpy(const std::filesystem::path& path);

  [[nodiscard]] const NpyHeader& header() const { return m_header; }
  [[nodiscard]] const std::filesystem::path& path() const { return m_file.path(); }
  /// The values' bytes, without the header.
  [[nodiscard]] std::span<const std::byte> bytes() const { return m_file.bytes().subspan(m_header.dataOffset); }
  /// For a 2-D array in C order of exactly T (float, double, int32_t, int64_t, uint8_t), native byte order.
  /// Throws Error otherwise. Valid as long as this object.
  template <typename T>
  [[nodiscard]] MatrixView<const T> matrix() const;
  /// Gives the pages back to the system (madvise); values stay readable.
  void release() const { m_file.release(); }

 private:
  MappedFile m_file;
  NpyHeader m_header;
};

/// A 1-D array of any numeric type as float, double, int32_t, int64_t, uint8_t or uint32_t. Every value must fit:
/// whole and within T's range for an integer T; within its range (rounding allowed) for a floating T.
template <typename T>
[[nodiscard]] std::vector<T> readNpyVector(const std::filesystem::path& path);

/// A 2-D array of any numeric type and order as float32, row-major. A finite value beyond float32 is an Error.
[[nodiscard]] Matrix<float> readNpyMatrix(const std::filesystem::path& path);

/// Writes in one step (atomic_file.h), byte for byte as numpy.save does.
void writeNpy(const std::filesystem::path& path, MatrixView<const float> values);
/// The same bytes in memory, for a file inside an archive.
[[nodiscard]] std::string npyBytes(MatrixView<const float> values);
/// Values in C order; their number must be the product of `shape`. T: float, double, int32_t, int64_t, uint8_t,
/// uint32_t. `shape` may be empty for one number.
template <typename T>
void writeNpy(const std::filesystem::path& path, std::span<const T> values, const std::vector<size_t>& shape);

/// A float32 array [rows x cols] written row by row; it appears under its name at commit(), or never.
///
///     NpyWriter writer(path, 19004);
///     for (...) writer.append(row);
///     writer.commit();
class NpyWriter {
 public:
  NpyWriter(std::filesystem::path path, size_t cols);
  void append(std::span<const float> row);
  void append(MatrixView<const float> rows);
  [[nodiscard]] size_t rows() const { return m_rows; }
  void commit();

 private:
  AtomicFile m_file;
  size_t m_cols = 0;
  size_t m_rows = 0;
};

}  // namespace corticast
