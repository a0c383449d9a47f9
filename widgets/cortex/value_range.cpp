#include "widgets/cortex/value_range.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace corticast {
namespace {

double quantile(std::vector<float>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto lower = static_cast<size_t>(position);
  const size_t upper = std::min(lower + 1, sorted.size() - 1);
  return sorted[lower] + (position - static_cast<double>(lower)) * (sorted[upper] - sorted[lower]);
}

double stepFor(double extent, int wanted) {
  const double raw = extent / std::max(1, wanted);
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw) return factor * power;
  return 10 * power;
}

double roundedOutwards(double size) {
  return std::ceil(size / 0.05 - 1e-9) * 0.05;
}

}  // namespace

ValueRange robustRange(std::span<const float> values, bool isSigned) {
  std::vector<float> defined;
  for (const float value : values)
    if (!std::isnan(value)) defined.push_back(value);
  if (defined.empty()) return isSigned ? ValueRange{-1, 1} : ValueRange{0, 1};
  std::ranges::sort(defined);
  const double low = quantile(defined, 0.02), high = quantile(defined, 0.98);
  const double size = std::max(0.1, roundedOutwards(std::max(std::abs(low), std::abs(high))));
  return isSigned ? ValueRange{-size, size} : ValueRange{0, std::max(0.1, roundedOutwards(high))};
}

std::vector<double> tickPlaces(const ValueRange& range, int wanted) {
  if (!(range.high > range.low)) return {range.low};
  const double step = stepFor(range.high - range.low, wanted);
  std::vector<double> places;
  const auto first = static_cast<long>(std::ceil(range.low / step - 1e-9));
  const auto last = static_cast<long>(std::floor(range.high / step + 1e-9));
  for (long i = first; i <= last; ++i) places.push_back(static_cast<double>(i) * step);
  return places;
}

std::string tickText(double value, double step) {
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const std::string text = fixed(std::abs(value), decimals);
  const bool isZero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !isZero ? "\u2212" + text : text;
}

}  // namespace corticast
