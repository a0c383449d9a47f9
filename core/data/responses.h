#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/matrix.h"
#include "core/base/progress.h"

namespace corticast {

/// What a full scan of a response file found.
struct ValueCheck {
  uint64_t notFinite = 0;  ///< NaN or infinite values
  size_t firstRow = 0;     ///< of the first such value in row order (0-based); meaningful if notFinite > 0
  size_t firstColumn = 0;
  uint64_t constantColumns = 0;  ///< columns with one value throughout: their correlation is undefined
  size_t firstConstantColumn = 0;
};

/// The measured responses of one hemisphere: [images x columns], a memory-mapped .npy file of float32 or float64 in C
/// or Fortran order. It is never copied whole; opening reads the header only. All functions may be called from several
/// threads at once.
///
///     Matrix<float> block(rows.size(), columns.size());
///     responses.gather(rows, columns, block.view());
///     responses.release();   // when the pages are not needed soon
class Responses {
 public:
  /// Throws Error when the file is missing, truncated, not two-dimensional or not of float32/float64 values. Whether
  /// the values are finite is not looked at (see checkValues).
  [[nodiscard]] static std::shared_ptr<const Responses> open(const std::filesystem::path& path);
  ~Responses();
  Responses(const Responses&) = delete;
  Responses& operator=(const Responses&) = delete;

  [[nodiscard]] size_t rows() const;  ///< images
  [[nodiscard]] size_t cols() const;  ///< columns (vertices of the challenge space)
  [[nodiscard]] const std::filesystem::path& path() const;
  [[nodiscard]] std::string_view dtype() const;  ///< "float32" or "float64"
  [[nodiscard]] uint64_t byteCount() const;      ///< of the values

  /// out(i, j) = responses(rows[i], columns[j]); out is [rows x columns]; rows and columns in any order, repeats
  /// allowed. float64 values are rounded to float32. Throws Error when the shape of `out` or an index is wrong.
  void gather(std::span<const uint32_t> rows, std::span<const uint32_t> columns, MatrixView<float> out) const;
  /// out(j, i) = responses(rows[i], columns[j]); out is [columns x rows].
  void gatherTransposed(std::span<const uint32_t> rows, std::span<const uint32_t> columns, MatrixView<float> out) const;

  /// Tells the system that the mapped pages may leave this process's memory; reading them again stays possible. The
  /// next gather of all rows of a full-size subject then takes about 80 ms more, however few columns it wants: release
  /// after a hemisphere, not after each block of columns.
  void release() const;

  /// Reads every value once (a subject's 1.5 GB: about a second from memory) and gives the pages back as it goes.
  /// Throws Cancelled.
  [[nodiscard]] ValueCheck checkValues(ProgressReporter& progress) const;

 private:
  struct Impl;
  explicit Responses(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> m_impl;
};

}  // namespace corticast
