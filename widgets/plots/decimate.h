#pragma once
#include <cstddef>
#include <vector>

namespace corticast {

/// Points of a curve; NaN values make gaps.
struct CurvePoints {
  std::vector<double> x;
  std::vector<double> y;
};

/// `values[i]` at x = i + 1, thinned to about `most` points without changing how it looks: of each stretch the least
/// and the greatest value stay, and the first and the last point always. Gaps (NaN) stay gaps.
[[nodiscard]] CurvePoints decimate(const std::vector<double>& values, size_t most = 2000);

}  // namespace corticast
