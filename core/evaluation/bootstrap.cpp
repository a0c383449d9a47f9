#include "core/evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/linalg/blas.h"

namespace corticast {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kBlock = 256;  // columns at a time: about 1 MB per product
/// A resampled variance below this share of the whole one is rounding of float32 sums, not variance.
constexpr float kLeastVariance = 1e-5F;

/// Columns [first, first + count) less their means and divided by their standard deviations, so that float32 sums of
/// squares keep their digits; a constant column becomes 0.
Matrix<float> standardised(MatrixView<const float> source, size_t first, size_t count) {
  Matrix<float> out(source.rows(), count);
  const auto n = static_cast<double>(source.rows());
  std::vector<double> mean(count), squares(count), scale(count);
  std::vector<char> varies(count);  // the mean of a constant is not exactly it, so squares do not tell
  for (size_t row = 0; row < source.rows(); ++row)
    for (size_t i = 0; i < count; ++i) {
      mean[i] += source(row, first + i) / n;
      varies[i] |= source(row, first + i) != source(0, first + i);
    }
  for (size_t row = 0; row < source.rows(); ++row)
    for (size_t i = 0; i < count; ++i) {
      const double distance = source(row, first + i) - mean[i];
      squares[i] += distance * distance / n;
    }
  for (size_t i = 0; i < count; ++i) scale[i] = varies[i] ? 1 / std::sqrt(squares[i]) : 0;
  for (size_t row = 0; row < source.rows(); ++row)
    for (size_t i = 0; i < count; ++i) out(row, i) = static_cast<float>((source(row, first + i) - mean[i]) * scale[i]);
  return out;
}

Matrix<float> products(const Matrix<float>& a, const Matrix<float>& b) {
  Matrix<float> out(a.rows(), a.cols());
  std::ranges::transform(a.values(), b.values(), out.values().begin(), std::multiplies<>());
  return out;
}

/// Sums over the drawn pictures, divided by their number.
Matrix<float> means(MatrixView<const float> counts, const Matrix<float>& values) {
  Matrix<float> out(counts.rows(), values.cols());
  gemm(Transpose::No, Transpose::No, 1.0F / static_cast<float>(counts.cols()), counts, values.view(), 0.0F, out.view());
  return out;
}

void correlateBlock(MatrixView<const float> counts, const Matrix<float>& x, const Matrix<float>& y,
                    MatrixView<float> out) {
  const Matrix<float> meanX = means(counts, x), meanY = means(counts, y);
  const Matrix<float> xx = means(counts, products(x, x)), yy = means(counts, products(y, y));
  const Matrix<float> xy = means(counts, products(x, y));
  for (size_t b = 0; b < out.rows(); ++b)
    for (size_t i = 0; i < out.cols(); ++i) {
      const float varianceX = xx(b, i) - meanX(b, i) * meanX(b, i);
      const float varianceY = yy(b, i) - meanY(b, i) * meanY(b, i);
      const bool isDefined = varianceX > kLeastVariance && varianceY > kLeastVariance;
      const float r = (xy(b, i) - meanX(b, i) * meanY(b, i)) / std::sqrt(varianceX * varianceY);
      out(b, i) = isDefined ? std::clamp(r, -1.0F, 1.0F) : std::numeric_limits<float>::quiet_NaN();
    }
}

std::vector<double> definedOf(std::span<const double> values) {
  std::vector<double> defined;
  for (const double value : values)
    if (!std::isnan(value)) defined.push_back(value);
  return defined;
}

double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto lower = static_cast<size_t>(position);
  const size_t upper = std::min(lower + 1, sorted.size() - 1);
  return sorted[lower] + (position - static_cast<double>(lower)) * (sorted[upper] - sorted[lower]);
}

double medianOf(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (static_cast<double>(*std::max_element(values.begin(), middle)) + *middle) / 2;
}

}  // namespace

Matrix<float> resampleCounts(size_t images, size_t resamples, uint64_t seed) {
  Matrix<float> counts(resamples, images);
  for (size_t b = 0; b < resamples; ++b) {
    Philox random(seed, b);
    for (size_t draw = 0; draw < images; ++draw) counts(b, random.below(images)) += 1;
  }
  return counts;
}

Matrix<float> resampledCorrelation(MatrixView<const float> counts, MatrixView<const float> prediction,
                                   MatrixView<const float> response) {
  if (prediction.rows() != response.rows() || prediction.cols() != response.cols() || counts.cols() != response.rows())
    throw Error({.what = "resample correlations",
                 .where = std::to_string(prediction.rows()) + " x " + std::to_string(prediction.cols()) +
                          " predictions, " + std::to_string(response.rows()) + " x " + std::to_string(response.cols()) +
                          " responses",
                 .why = "the shapes disagree (" + std::to_string(counts.cols()) + " pictures are drawn from)",
                 .remedy = "use predictions and responses of the same images and vertices"});
  Matrix<float> r(counts.rows(), response.cols());
  // A thread per block, each with products of its own: on a busy machine threads that share one product mostly wait.
  parallelFor((response.cols() + kBlock - 1) / kBlock, 0, [&](size_t block) {
    const SingleThreadedBlas single;
    const size_t first = block * kBlock, count = std::min(kBlock, response.cols() - first);
    correlateBlock(counts, standardised(prediction, first, count), standardised(response, first, count),
                   r.view().block(0, first, r.rows(), count));
  });
  return r;
}

ResampledSummary summariseRows(const Matrix<float>& values) {
  ResampledSummary summary{std::vector<double>(values.rows(), kNaN), std::vector<double>(values.rows(), kNaN)};
  std::vector<float> defined;
  for (size_t b = 0; b < values.rows(); ++b) {
    defined.clear();
    double sum = 0;
    for (const float value : values.row(b)) {
      if (std::isnan(value)) continue;
      defined.push_back(value);
      sum += value;
    }
    if (defined.empty()) continue;
    summary.mean[b] = sum / static_cast<double>(defined.size());
    summary.median[b] = medianOf(defined);
  }
  return summary;
}

std::optional<Interval> percentileInterval(std::span<const double> resampled, double level) {
  std::vector<double> defined = definedOf(resampled);
  if (defined.empty()) return std::nullopt;
  std::ranges::sort(defined);
  return Interval{quantile(defined, (1 - level) / 2), quantile(defined, (1 + level) / 2)};
}

double bootstrapP(std::span<const double> resampled) {
  const std::vector<double> defined = definedOf(resampled);
  if (defined.empty()) return kNaN;
  const auto below = std::ranges::count_if(defined, [](double d) { return d <= 0; });
  const auto above = std::ranges::count_if(defined, [](double d) { return d >= 0; });
  return std::min(1.0, 2.0 * static_cast<double>(std::min(below, above) + 1) / static_cast<double>(defined.size() + 1));
}

}  // namespace corticast
