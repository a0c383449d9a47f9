#pragma once
#include <stop_token>
#include <vector>

#include "core/base/matrix.h"
#include "core/features/row_reader.h"

namespace corticast {

/// As PrincipalComponents, in float32.
struct StreamedComponents {
  Matrix<float> directions;               ///< [components x features], unit length, 0 beyond the rank
  std::vector<double> explainedVariance;  ///< per component, divisor images - 1
};

/// The first `count` principal components of centred rows that do not fit in memory, by randomised subspace iteration
/// (Halko, Martinsson, Tropp 2011, SIAM Review 53:217, algorithms 4.4 and 5.1): from random directions, rows are
/// projected (Y = X Z'), made orthonormal (Q) and projected back (Z = Q'X) until the variance in the first `count`
/// changes by less than one part in a million, at most 8 times; each time reads the rows twice. Deterministic, whatever
/// the number of threads. In memory: (count + 16) x features floats twice, one block of rows, (count + 16) x rows
/// doubles. `count` at most min(rows - 1, cols). Signs: the largest loading is positive. Throws Cancelled.
[[nodiscard]] StreamedComponents streamedComponents(const RowReader& centred, size_t count,
                                                    const std::stop_token& stop);

/// Rows of a block that is read at once: 64 MB, at least one.
[[nodiscard]] size_t rowsPerBlock(size_t cols);

}  // namespace corticast
