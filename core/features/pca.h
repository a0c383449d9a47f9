#pragma once
#include <cstddef>
#include <functional>
#include <stop_token>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

/// Throws Error when rows and features do not determine so many components: at most min(rows - 1, cols).
void requireComponents(size_t count, size_t rows, size_t cols);

/// Principal directions of centred data.
struct PrincipalComponents {
  Matrix<double> directions;              ///< [components x features], unit length, 0 beyond the rank
  std::vector<double> explainedVariance;  ///< per component, divisor images - 1
  double totalVariance = 0;               ///< over all features
};

/// Reads a block of the centred data [rows x cols] starting at (row, col) into a matrix of that size.
using BlockReader = std::function<void(size_t row, size_t col, Matrix<double>& block)>;

/// The first `count` principal components of centred data [rows x cols] that is read block by block, so that it never
/// stands in memory in double precision: by the covariance [cols x cols] when cols <= rows, else by the Gram matrix
/// [rows x rows]. Eigenvalues below rounding (2e-15 n of the largest, n = size of that matrix) count as 0.
/// `count` must be at most min(rows - 1, cols). Signs: the largest loading of a component is positive.
[[nodiscard]] PrincipalComponents principalComponents(size_t rows, size_t cols, size_t count, const BlockReader& read,
                                                      const std::stop_token& stop);

}  // namespace corticast
