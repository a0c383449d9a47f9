#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

/// Features of the training rows about their means, in double, handed out a slice at a time so that no whole copy in
/// double is needed. Looks at `features` [rows x features], which must outlive it; `rows` says which images they are.
class CentredFeatures {
 public:
  CentredFeatures(MatrixView<const float> features, std::span<const uint32_t> rows);

  [[nodiscard]] size_t rows() const { return m_rows.size(); }
  [[nodiscard]] size_t cols() const { return m_features.cols(); }
  [[nodiscard]] const std::vector<uint32_t>& rowNumbers() const { return m_rows; }
  [[nodiscard]] const std::vector<double>& means() const { return m_means; }

  /// The training rows from `first` on into out [any count x features].
  void rowSlice(size_t first, MatrixView<double> out) const;
  [[nodiscard]] Matrix<double> rowSlice(size_t first, size_t count) const;
  /// All training rows of the features from `first` on [rows x count].
  [[nodiscard]] Matrix<double> columnSlice(size_t first, size_t count) const;

 private:
  MatrixView<const float> m_features;
  std::vector<uint32_t> m_rows;
  std::vector<double> m_means;
};

}  // namespace corticast
