#pragma once
#include <functional>
#include <span>
#include <vector>

#include "core/base/matrix.h"
#include "core/training/internal/centred_features.h"

namespace corticast {

/// All that least squares need to know of some columns of responses, from one pass over the training rows: sums about
/// an origin near each column's mean, so that little cancels when they are taken about the mean itself. They are kept
/// apart for runs of rows (the folds of a cross-validation); the sum over the runs holds for all rows.
struct ResponseMoments {
  struct Run {
    size_t first = 0, count = 0;        ///< rows
    Matrix<double> products;            ///< [features x columns]: sum of centred features x (response - origin)
    std::vector<double> sums, squares;  ///< per column, of response - origin
    /// Squares summed about this run's own means; 0 where only rounding is left of them.
    [[nodiscard]] std::vector<double> squaresAboutMeans() const;
  };
  std::vector<double> origin;
  std::vector<Run> runs;

  /// The sums over all runs.
  [[nodiscard]] Run whole() const;
  /// Of the responses, over all runs.
  [[nodiscard]] std::vector<double> means() const;
};

/// Fills `out` [rows x columns] with the responses of these rows of the study.
using ReadResponses = std::function<void(std::span<const uint32_t> rows, MatrixView<float> out)>;

/// Cuts the training rows into `runs` runs whose lengths differ by at most one: first row of each, and the end.
[[nodiscard]] std::vector<size_t> cutRows(size_t rows, size_t runs);

[[nodiscard]] ResponseMoments takeMoments(const CentredFeatures& features, size_t columns, size_t runs,
                                          const ReadResponses& read);

}  // namespace corticast
