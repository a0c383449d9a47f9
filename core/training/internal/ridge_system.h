#pragma once
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/matrix.h"
#include "core/linalg/blas.h"

namespace corticast {

/// Centred features of the training rows, decomposed once, ready to solve for any targets and penalties.
class RidgeSystem {
 public:
  /// features [all images x features]; rows: those that train. Throws Cancelled.
  RidgeSystem(MatrixView<const float> features, std::span<const uint32_t> rows, const std::stop_token& stop);

  /// Weights [targets x features] for responses [rows x targets], already minus their means; alpha per target (0: least
  /// squares).
  [[nodiscard]] Matrix<double> solve(const Matrix<double>& centred, std::span<const double> alpha) const;

  [[nodiscard]] const std::vector<double>& featureMeans() const { return m_means; }
  [[nodiscard]] bool isPrimal() const { return m_isPrimal; }

 private:
  [[nodiscard]] Matrix<double> centredRows(size_t first, size_t count) const;
  [[nodiscard]] Matrix<double> centredColumns(size_t first, size_t count) const;
  void shrink(Matrix<double>& rotated, std::span<const double> alpha) const;

  MatrixView<const float> m_features;
  std::vector<uint32_t> m_rows;
  std::vector<double> m_means;
  bool m_isPrimal;
  SymmetricEigen m_eigen;  // of Xc'Xc (primal) or Xc Xc' (dual)
};

}  // namespace corticast
