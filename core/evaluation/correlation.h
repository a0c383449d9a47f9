#pragma once
#include <cstddef>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

/// Correlation and explained variance per column of predictions against responses, fed in blocks of rows, so that
/// neither matrix has to be in memory whole. Sums are kept in double by Welford's update (Chan, Golub & LeVeque
/// 1983), which does not lose digits when a column's mean is large against its spread.
///
///     PearsonAccumulator accumulator(columns);
///     for (block : blocks) accumulator.add(block.prediction, block.response);   // [rows x columns] each
///     std::vector<float> r = accumulator.correlation();
class PearsonAccumulator {
 public:
  explicit PearsonAccumulator(size_t columns);

  /// Both [rows x columns]. Throws Error when the shapes disagree with each other or with `columns`.
  void add(MatrixView<const float> prediction, MatrixView<const float> response);

  /// Takes in all that another one has seen (Chan, Golub & LeVeque's pairwise update): the out-of-fold correlation
  /// comes from those of the folds. Throws Error when it has another number of columns.
  void merge(const PearsonAccumulator& other);
  /// Everything it knows, to be kept in a file and read back bit for bit: [kMoments x columns].
  static constexpr size_t kMoments = 11;
  [[nodiscard]] Matrix<double> moments() const;
  /// Throws Error when they are not what moments() gives.
  [[nodiscard]] static PearsonAccumulator fromMoments(const Matrix<double>& moments);

  /// Pearson r per column, in [-1, 1]. NaN where it is undefined: fewer than two rows, or the prediction or the
  /// response does not vary. Equal to scipy.stats.pearsonr.
  [[nodiscard]] std::vector<float> correlation() const;

  /// Coefficient of determination R2 = 1 - sum (y - p)^2 / sum (y - mean y)^2 per column, at most 1, without a lower
  /// bound; NaN where the response does not vary. Equal to sklearn.metrics.r2_score(multioutput="raw_values").
  [[nodiscard]] std::vector<float> determination() const;

  [[nodiscard]] size_t rows() const { return m_rows; }

 private:
  struct Column {
    double meanPrediction = 0, meanResponse = 0;
    double squaresPrediction = 0, squaresResponse = 0, products = 0;  ///< about the means
    double squaredError = 0;
    float firstPrediction = 0, firstResponse = 0;
    bool predictionVaries = false, responseVaries = false;
  };
  std::vector<Column> m_columns;
  size_t m_rows = 0;
};

/// PearsonAccumulator's correlation for two whole matrices [images x columns].
[[nodiscard]] std::vector<float> pearson(MatrixView<const float> prediction, MatrixView<const float> response);

}  // namespace corticast
