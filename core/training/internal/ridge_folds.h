#pragma once
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/matrix.h"
#include "core/linalg/blas.h"
#include "core/training/internal/centred_features.h"
#include "core/training/internal/response_moments.h"

namespace corticast {

/// Chooses a ridge penalty per target by cross-validated correlation, without ever forming predictions.
///
/// Fold k holds out the k-th run of rows (response_moments.h). In the eigenbasis of the other rows' centred Gram
/// matrix, with w the weights, C the rotated Gram matrix of the held-out rows and D their rotated products with the
/// response (both about the held-out means), the held-out correlation is r = w'D / sqrt(w'C w * y'y): p^2 operations
/// per target and penalty. A correlation that is undefined counts as 0. Agrees with himalaya's RidgeCV scored by
/// correlation.
class RidgeFolds {
 public:
  /// 2 <= folds <= rows / 2. Throws Error, Cancelled.
  RidgeFolds(const CentredFeatures& features, size_t folds, const std::stop_token& stop);

  /// Correlation averaged over the folds, [alphas x targets], for responses with a run of moments per fold.
  [[nodiscard]] Matrix<double> scores(const ResponseMoments& moments, std::span<const double> alphas) const;

 private:
  struct Fold {
    SymmetricEigen eigen;     ///< of the other rows' centred Gram matrix
    Matrix<double> heldGram;  ///< C, rotated
    std::vector<double> heldSums;
  };
  void addScores(const Fold& fold, const ResponseMoments::Run& held, const ResponseMoments::Run& all,
                 std::span<const double> alphas, Matrix<double>& scores) const;

  std::vector<Fold> m_folds;
};

/// `count` penalties from low to high, evenly spaced in the logarithm.
[[nodiscard]] std::vector<double> alphaGrid(double low, double high, int count);

}  // namespace corticast
