#pragma once
#include <span>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

/// What the validation pictures say of a block of columns.
struct ValidationScores {
  std::vector<double> squaredError;  ///< per column: sum over the pictures of (prediction - response)^2
  std::vector<float> correlation;    ///< per column: Pearson r; NaN when either side does not vary or under 2 pictures
};

/// Scores predictions, given without their bias, against responses: both [pictures x columns]. Sums in double about
/// the means, in a fixed order.
[[nodiscard]] ValidationScores scoreValidation(MatrixView<const float> prediction, std::span<const float> bias,
                                               MatrixView<const float> response);

}  // namespace corticast
