#include "core/training/internal/validation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {
namespace {

struct Moments {
  explicit Moments(size_t columns)
      : meanPrediction(columns), meanResponse(columns), squares(columns), squaresResponse(columns), products(columns) {}
  std::vector<double> meanPrediction, meanResponse, squares, squaresResponse, products;
};

// A column is constant when no row differs from the first one; the variance of equal numbers need not come out as 0.
std::vector<char> variesOf(MatrixView<const float> values) {
  std::vector<char> varies(values.cols());
  if (values.rows() == 0) return varies;
  const auto first = values.row(0);
  for (size_t i = 1; i < values.rows(); ++i) {
    const auto row = values.row(i);
    for (size_t c = 0; c < values.cols(); ++c) varies[c] |= static_cast<char>(row[c] != first[c]);
  }
  return varies;
}

void addMeans(MatrixView<const float> values, std::vector<double>& means) {
  for (size_t i = 0; i < values.rows(); ++i) {
    const auto row = values.row(i);
    for (size_t c = 0; c < values.cols(); ++c) means[c] += static_cast<double>(row[c]);
  }
  for (double& mean : means) mean /= static_cast<double>(values.rows());
}

}  // namespace

ValidationScores scoreValidation(MatrixView<const float> prediction, std::span<const float> bias,
                                 MatrixView<const float> response) {
  const size_t columns = prediction.cols();
  ValidationScores scores{std::vector<double>(columns),
                          std::vector<float>(columns, std::numeric_limits<float>::quiet_NaN())};
  if (prediction.rows() == 0) return scores;
  Moments moments(columns);
  addMeans(prediction, moments.meanPrediction);
  addMeans(response, moments.meanResponse);
  double* const error = scores.squaredError.data();
  for (size_t i = 0; i < prediction.rows(); ++i) {
    const float* const p = prediction.row(i).data();
    const float* const y = response.row(i).data();
    for (size_t c = 0; c < columns; ++c) {
      const double residual = static_cast<double>(p[c] + bias[c] - y[c]);
      const double a = static_cast<double>(p[c]) - moments.meanPrediction[c];
      const double b = static_cast<double>(y[c]) - moments.meanResponse[c];
      error[c] += residual * residual;
      moments.squares[c] += a * a;
      moments.squaresResponse[c] += b * b;
      moments.products[c] += a * b;
    }
  }
  const std::vector<char> predictionVaries = variesOf(prediction);
  const std::vector<char> responseVaries = variesOf(response);
  for (size_t c = 0; c < columns; ++c) {
    if (!predictionVaries[c] || !responseVaries[c]) continue;
    const double r = moments.products[c] / std::sqrt(moments.squares[c] * moments.squaresResponse[c]);
    if (std::isfinite(r)) scores.correlation[c] = static_cast<float>(std::clamp(r, -1.0, 1.0));
  }
  return scores;
}

}  // namespace corticast
