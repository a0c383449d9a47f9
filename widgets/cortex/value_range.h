#pragma once
#include <span>
#include <string>
#include <vector>

namespace corticast {

/// The values at the ends of a colour map.
struct ValueRange {
  double low = 0;
  double high = 1;
  bool operator==(const ValueRange&) const = default;
};

/// A range that fits a map: robust to outliers (2nd to 98th percentile, Hyndman & Fan type 7), rounded outwards to a
/// short number; symmetric about 0 for signed maps; [-0.1, 0.1] or [0, 0.1] at least, so that noise is not blown up.
/// NaN values are left out.
[[nodiscard]] ValueRange robustRange(std::span<const float> values, bool isSigned);

/// Places of tick marks: 1, 2 or 5 times a power of ten, about `wanted` of them, within the range.
[[nodiscard]] std::vector<double> tickPlaces(const ValueRange& range, int wanted);

/// A tick's text: as few decimals as tell the ticks apart, a real minus sign.
[[nodiscard]] std::string tickText(double value, double step);

}  // namespace corticast
