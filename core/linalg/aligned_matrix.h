#pragma once
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#include "core/base/matrix.h"

namespace corticast {

/// A row-major matrix of float that owns its values, zero at first. Every row starts on a 64-byte boundary (rows are
/// padded with zeros to full cache lines), so that vector code and BLAS take the same path for the same shape in
/// every run: results do not depend on where the allocator put it.
class AlignedMatrix {
 public:
  AlignedMatrix() = default;
  AlignedMatrix(size_t rows, size_t cols) : m_rows(rows), m_cols(cols), m_stride((cols + 15) / 16 * 16) {
    if (bytes() == 0) return;
    m_values.reset(static_cast<float*>(std::aligned_alloc(64, bytes())));
    if (!m_values) throw std::bad_alloc();
    std::memset(m_values.get(), 0, bytes());
  }

  [[nodiscard]] size_t rows() const { return m_rows; }
  [[nodiscard]] size_t cols() const { return m_cols; }
  [[nodiscard]] size_t stride() const { return m_stride; }  ///< floats from row to row, a multiple of 16
  [[nodiscard]] size_t bytes() const { return m_rows * m_stride * sizeof(float); }
  [[nodiscard]] std::span<float> row(size_t r) { return {m_values.get() + r * m_stride, m_cols}; }
  [[nodiscard]] std::span<const float> row(size_t r) const { return {m_values.get() + r * m_stride, m_cols}; }
  [[nodiscard]] MatrixView<float> view() { return {m_values.get(), m_rows, m_cols, m_stride}; }
  [[nodiscard]] MatrixView<const float> view() const { return {m_values.get(), m_rows, m_cols, m_stride}; }
  [[nodiscard]] MatrixView<float> rowBlock(size_t first, size_t count) { return view().block(first, 0, count, m_cols); }
  [[nodiscard]] MatrixView<const float> rowBlock(size_t first, size_t count) const {
    return view().block(first, 0, count, m_cols);
  }

 private:
  struct Free {
    void operator()(float* values) const { std::free(values); }
  };
  std::unique_ptr<float[], Free> m_values;
  size_t m_rows = 0;
  size_t m_cols = 0;
  size_t m_stride = 0;
};

}  // namespace corticast
