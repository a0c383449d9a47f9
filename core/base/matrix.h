#pragma once
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace corticast {

/// A row-major matrix that somebody else owns: `rows` rows of `cols` values, `stride` values from row to row.
/// Constness of the values is in T, as with std::span.
template <typename T>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(T* data, size_t rows, size_t cols) : MatrixView(data, rows, cols, cols) {}
  MatrixView(T* data, size_t rows, size_t cols, size_t stride)
      : m_data(data), m_rows(rows), m_cols(cols), m_stride(stride) {}
  template <typename U>
  requires(std::is_const_v<T>&& std::is_same_v<const U, T>)
      MatrixView(MatrixView<U> other)  // NOLINT(google-explicit-constructor): as span<T> to span<const T>
      : MatrixView(other.data(), other.rows(), other.cols(), other.stride()) {}

  [[nodiscard]] T* data() const { return m_data; }
  [[nodiscard]] size_t rows() const { return m_rows; }
  [[nodiscard]] size_t cols() const { return m_cols; }
  [[nodiscard]] size_t stride() const { return m_stride; }
  [[nodiscard]] bool empty() const { return m_rows == 0 || m_cols == 0; }

  [[nodiscard]] std::span<T> row(size_t r) const { return {m_data + r * m_stride, m_cols}; }
  [[nodiscard]] T& operator()(size_t r, size_t c) const { return m_data[r * m_stride + c]; }
  [[nodiscard]] MatrixView block(size_t row, size_t col, size_t rowCount, size_t colCount) const {
    return {m_data + row * m_stride + col, rowCount, colCount, m_stride};
  }

 private:
  T* m_data = nullptr;
  size_t m_rows = 0;
  size_t m_cols = 0;
  size_t m_stride = 0;
};

/// A row-major matrix that owns its values, zero at first.
template <typename T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(size_t rows, size_t cols) : m_values(rows * cols), m_rows(rows), m_cols(cols) {}
  Matrix(size_t rows, size_t cols, std::vector<T> values) : m_values(std::move(values)), m_rows(rows), m_cols(cols) {}

  [[nodiscard]] size_t rows() const { return m_rows; }
  [[nodiscard]] size_t cols() const { return m_cols; }
  [[nodiscard]] bool empty() const { return m_values.empty(); }
  [[nodiscard]] T* data() { return m_values.data(); }
  [[nodiscard]] const T* data() const { return m_values.data(); }
  [[nodiscard]] std::span<T> values() { return m_values; }
  [[nodiscard]] std::span<const T> values() const { return m_values; }
  [[nodiscard]] std::span<T> row(size_t r) { return {data() + r * m_cols, m_cols}; }
  [[nodiscard]] std::span<const T> row(size_t r) const { return {data() + r * m_cols, m_cols}; }
  [[nodiscard]] T& operator()(size_t r, size_t c) { return m_values[r * m_cols + c]; }
  [[nodiscard]] const T& operator()(size_t r, size_t c) const { return m_values[r * m_cols + c]; }
  [[nodiscard]] MatrixView<T> view() { return {data(), m_rows, m_cols}; }
  [[nodiscard]] MatrixView<const T> view() const { return {data(), m_rows, m_cols}; }

 private:
  std::vector<T> m_values;
  size_t m_rows = 0;
  size_t m_cols = 0;
};

}  // namespace corticast
