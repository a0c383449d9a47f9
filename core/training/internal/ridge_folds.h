#pragma once
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/matrix.h"
#include "core/linalg/blas.h"

namespace corticast {

/// Chooses a ridge penalty per target by cross-validated correlation, without ever forming predictions.
///
/// Fold k holds out the k-th run of rows (lengths differ by at most one). In the eigenbasis of the other rows' centred
/// Gram matrix, with w the weights, C the rotated Gram matrix of the held-out rows and D their rotated products with
/// the response (both about the held-out means), the held-out correlation is r = w'D / sqrt(w'C w * y'y): p^2
/// operations per target and penalty. A correlation that is undefined counts as 0. Agrees with himalaya's RidgeCV
/// scored by correlation.
class RidgeFolds {
 public:
  /// features [all images x features]; rows: those that train; 2 <= folds <= rows / 2. Throws Error, Cancelled.
  RidgeFolds(MatrixView<const float> features, std::span<const uint32_t> rows, size_t folds,
             const std::stop_token& stop);

  /// Correlation averaged over the folds, [alphas x targets]. `responses` [rows x targets].
  [[nodiscard]] Matrix<double> scores(const Matrix<double>& responses, std::span<const double> alphas) const;

 private:
  struct Fold {
    size_t first = 0, count = 0;  ///< held-out rows
    SymmetricEigen eigen;         ///< of the other rows' centred Gram matrix
    Matrix<double> heldGram;      ///< C, rotated
  };
  [[nodiscard]] Matrix<double> featureRows(size_t first, size_t count) const;
  void addScores(const Fold& fold, const Matrix<double>& responses, const Matrix<double>& total,
                 std::span<const double> alphas, Matrix<double>& scores) const;

  MatrixView<const float> m_features;
  std::vector<uint32_t> m_rows;
  std::vector<double> m_means;  ///< over all training rows: everything is taken about them first
  std::vector<Fold> m_folds;
};

/// `count` penalties from low to high, evenly spaced in the logarithm.
[[nodiscard]] std::vector<double> alphaGrid(double low, double high, int count);

}  // namespace corticast
