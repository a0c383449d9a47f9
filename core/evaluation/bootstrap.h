#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/matrix.h"

/// The bootstrap over pictures (Efron & Tibshirani 1993): how much would a correlation differ, had other pictures of
/// the same kind been shown? Each resample draws as many pictures with replacement as there are.
namespace corticast {

/// How often each resample drew each picture: [resamples x images], rows sum to `images`. Row b is a pure function of
/// (seed, b, images), so everything that is resampled with the same three is paired: several runs, ROIs and
/// hemispheres see the same pictures.
[[nodiscard]] Matrix<float> resampleCounts(size_t images, size_t resamples, uint64_t seed);

/// Pearson r of every column in every resample: [resamples x columns] from predictions and response
/// [images x columns]. NaN where the resample leaves a column constant. Equal to pearsonr of the drawn rows to about
/// 1e-5. Throws Error when the shapes disagree.
[[nodiscard]] Matrix<float> resampledCorrelation(MatrixView<const float> counts, MatrixView<const float> prediction,
                                                 MatrixView<const float> response);

/// Mean and median over the columns, per resample; columns whose r is NaN are left out, NaN where all are.
struct ResampledSummary {
  std::vector<double> mean;
  std::vector<double> median;
};
[[nodiscard]] ResampledSummary summariseRows(const Matrix<float>& values);

struct Interval {
  double low = 0;
  double high = 0;
};
/// The percentile interval that holds `level` (0..1) of the resampled values (quantiles as numpy.quantile, Hyndman &
/// Fan type 7). NaN values are left out; absent when none is left.
[[nodiscard]] std::optional<Interval> percentileInterval(std::span<const double> resampled, double level = 0.95);

/// Two-sided p-value of "the value is 0" from its resampled values d_1..d_B:
///     p = min(1, 2 min(#{d <= 0} + 1, #{d >= 0} + 1) / (B + 1)),
/// so never below 2 / (B + 1). NaN values are left out; NaN when none is left.
[[nodiscard]] double bootstrapP(std::span<const double> resampled);

}  // namespace corticast
