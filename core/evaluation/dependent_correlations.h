#pragma once
#include <cstddef>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

/// A test of two correlations, for one column.
struct CorrelationTest {
  double t = 0;  ///< > 0: the first is greater
  double p = 1;  ///< two-sided
};

/// Williams' test whether two predictions of the same measured response correlate with it equally well: the
/// correlations r1 (first prediction, response) and r2 (second prediction, response) share the response and depend on
/// each other through r12 (first, second prediction). Williams 1959 in the form that Steiger 1980 (Psychological
/// Bulletin 87, equation 7) recommends:
///
///     t = (r1 - r2) * sqrt( (n - 1)(1 + r12) / ( 2 D (n - 1)/(n - 3) + ((r1 + r2) / 2)^2 (1 - r12)^3 ) ),
///     D = 1 - r1^2 - r2^2 - r12^2 + 2 r1 r2 r12,
///
/// Student's t with n - 3 degrees of freedom for n pictures. Assumes that pictures are independent of each other and
/// roughly normal. Equal predictions give t = 0, p = 1; NaN where a correlation is undefined or n < 4.
[[nodiscard]] CorrelationTest williamsTest(double r1, double r2, double r12, size_t images);

/// The three correlations of a column, in double precision (of nearly equal predictions only the last digits differ).
struct TripleCorrelation {
  double first = 0;    ///< first prediction and response
  double second = 0;   ///< second prediction and response
  double between = 0;  ///< first and second prediction
};
/// Per column of predictions and response [images x columns]; NaN where a column does not vary. Throws Error when the
/// shapes disagree.
[[nodiscard]] std::vector<TripleCorrelation> tripleCorrelations(MatrixView<const float> first,
                                                                MatrixView<const float> second,
                                                                MatrixView<const float> response);

}  // namespace corticast
