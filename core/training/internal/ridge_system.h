#pragma once
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/matrix.h"
#include "core/linalg/blas.h"
#include "core/training/internal/centred_features.h"

namespace corticast {

/// Weights [targets x features] and, per target, the squared error that they leave on the training rows.
struct RidgeSolution {
  Matrix<double> weights;
  std::vector<double> squaredError;
};

/// Centred features of the training rows, decomposed once, ready to solve for any targets and penalties (`alpha` per
/// target; 0: least squares). The error needs no predictions: with q a target in the eigenbasis and l its eigenvalues,
/// y'y - sum of q^2 (l + 2 alpha) / (l + alpha)^2.
class RidgeSystem {
 public:
  /// Looks at `features`, which must outlive it. Throws Cancelled.
  RidgeSystem(const CentredFeatures& features, const std::stop_token& stop);

  /// At least as many rows as features: the decomposed matrix is Xc'Xc, and products will do. Else it is Xc Xc'.
  [[nodiscard]] bool isPrimal() const { return m_isPrimal; }

  /// For primal systems: products Xc'Yc [features x targets], and Yc's squares summed per target.
  [[nodiscard]] RidgeSolution solveProducts(const Matrix<double>& products, std::span<const double> squares,
                                            std::span<const double> alpha) const;
  /// For the others: responses [rows x targets] about their means.
  [[nodiscard]] RidgeSolution solveResponses(const Matrix<double>& centred, std::span<const double> alpha) const;

 private:
  [[nodiscard]] Matrix<double> rotate(const Matrix<double>& values) const;
  [[nodiscard]] Matrix<double> rotateBack(const Matrix<double>& rotated) const;
  [[nodiscard]] double leastEigenvalue() const;

  const CentredFeatures& m_features;
  bool m_isPrimal;
  SymmetricEigen m_eigen;
};

}  // namespace corticast
