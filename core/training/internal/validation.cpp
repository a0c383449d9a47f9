#include "core/training/internal/validation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {
namespace {

struct Moments {
  explicit Moments(size_t columns)
      : meanPrediction(columns),
        meanResponse(columns),
        squares(columns),
        squaresResponse(columns),
        products(columns),
        error(columns),
        predictionVaries(columns),
        responseVaries(columns) {}
  std::vector<double> meanPrediction, meanResponse, squares, squaresResponse, products, error;
  // A column is constant when no row differs from the first one; the variance of equal numbers need not come out as 0.
  std::vector<int> predictionVaries, responseVaries;
};

[[gnu::always_inline]] inline void takeMoments(MatrixView<const float> prediction, const float* __restrict bias,
                                               MatrixView<const float> response, Moments& moments) {
  const size_t columns = prediction.cols(), rows = prediction.rows();
  double* __restrict const meanP = moments.meanPrediction.data();
  double* __restrict const meanY = moments.meanResponse.data();
  double* __restrict const pp = moments.squares.data();
  double* __restrict const yy = moments.squaresResponse.data();
  double* __restrict const py = moments.products.data();
  double* __restrict const error = moments.error.data();
  int* __restrict const variesP = moments.predictionVaries.data();
  int* __restrict const variesY = moments.responseVaries.data();
  const float* const firstP = prediction.row(0).data();
  const float* const firstY = response.row(0).data();
  for (size_t i = 0; i < rows; ++i) {
    const float* const p = prediction.row(i).data();
    const float* const y = response.row(i).data();
    for (size_t c = 0; c < columns; ++c) {
      meanP[c] += static_cast<double>(p[c]);
      meanY[c] += static_cast<double>(y[c]);
    }
    for (size_t c = 0; c < columns; ++c) {
      variesP[c] |= static_cast<int>(p[c] != firstP[c]);
      variesY[c] |= static_cast<int>(y[c] != firstY[c]);
    }
  }
  for (size_t c = 0; c < columns; ++c) {
    meanP[c] /= static_cast<double>(rows);
    meanY[c] /= static_cast<double>(rows);
  }
  for (size_t i = 0; i < rows; ++i) {
    const float* const p = prediction.row(i).data();
    const float* const y = response.row(i).data();
    for (size_t c = 0; c < columns; ++c) {
      const double residual = static_cast<double>(p[c] + bias[c] - y[c]);
      const double a = static_cast<double>(p[c]) - meanP[c];
      const double b = static_cast<double>(y[c]) - meanY[c];
      error[c] += residual * residual;
      pp[c] += a * a;
      yy[c] += b * b;
      py[c] += a * b;
    }
  }
}

void takeMomentsBaseline(MatrixView<const float> p, const float* bias, MatrixView<const float> y, Moments& moments) {
  takeMoments(p, bias, y, moments);
}

#if defined(__x86_64__) && defined(__GNUC__)
[[gnu::target("avx2")]] void takeMomentsAvx2(MatrixView<const float> p, const float* bias, MatrixView<const float> y,
                                             Moments& moments) {
  takeMoments(p, bias, y, moments);
}
[[gnu::target("avx512f,prefer-vector-width=512")]] void takeMomentsAvx512(MatrixView<const float> p, const float* bias,
                                                                          MatrixView<const float> y, Moments& moments) {
  takeMoments(p, bias, y, moments);
}
#endif

// The bits are those of every path, as in linear_kernels.h.
void takeMomentsHere(MatrixView<const float> p, const float* bias, MatrixView<const float> y, Moments& moments) {
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx512f")) return takeMomentsAvx512(p, bias, y, moments);
  if (__builtin_cpu_supports("avx2")) return takeMomentsAvx2(p, bias, y, moments);
#endif
  takeMomentsBaseline(p, bias, y, moments);
}

}  // namespace

ValidationScores scoreValidation(MatrixView<const float> prediction, std::span<const float> bias,
                                 MatrixView<const float> response) {
  const size_t columns = prediction.cols();
  ValidationScores scores{std::vector<double>(columns),
                          std::vector<float>(columns, std::numeric_limits<float>::quiet_NaN())};
  if (prediction.rows() == 0) return scores;
  Moments moments(columns);
  takeMomentsHere(prediction, bias.data(), response, moments);
  for (size_t c = 0; c < columns; ++c) {
    if (!moments.predictionVaries[c] || !moments.responseVaries[c]) continue;
    const double r = moments.products[c] / std::sqrt(moments.squares[c] * moments.squaresResponse[c]);
    if (std::isfinite(r)) scores.correlation[c] = static_cast<float>(std::clamp(r, -1.0, 1.0));
  }
  scores.squaredError = std::move(moments.error);
  return scores;
}

}  // namespace corticast
