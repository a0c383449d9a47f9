#include "core/training/internal/linear_kernels.h"

#include <cmath>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define CORTICAST_X86 1
#endif

namespace corticast::kernels {
namespace {

[[gnu::always_inline]] inline void adamwBody(const AdamwStep& s, float* __restrict w, float* __restrict m,
                                             float* __restrict v, const float* __restrict gradient, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const float g = s.gradientScale * gradient[i];
    const float mean = m[i] + s.oneMinusBeta1 * (g - m[i]);
    const float square = s.beta2 * v[i] + s.oneMinusBeta2 * g * g;
    const float denominator = std::sqrt(square) * s.inverseCorrection2 + s.epsilon;
    m[i] = mean;
    v[i] = square;
    w[i] = s.keep * w[i] - s.stepSize * (mean / denominator);
  }
}

// Rows come in the shuffled order, which no processor foresees: a row is asked for this many rows before its turn.
constexpr size_t kRowsAhead = 8;
constexpr size_t kFloatsPerLine = 16;

[[gnu::always_inline]] inline void prefetch(std::span<const float> row) {
  for (size_t c = 0; c < row.size(); c += kFloatsPerLine) __builtin_prefetch(row.data() + c);
}

[[gnu::always_inline]] inline void residualBody(MatrixView<float> prediction, MatrixView<const float> response,
                                                std::span<const uint32_t> rows, const float* __restrict bias,
                                                float* __restrict sums, float* __restrict squares) {
  const size_t columns = prediction.cols();
  std::memset(sums, 0, columns * sizeof(float));
  std::memset(squares, 0, columns * sizeof(float));
  for (size_t i = 0; i < rows.size(); ++i) {
    float* __restrict p = prediction.row(i).data();
    const float* __restrict y = response.row(rows[i]).data();
    if (i + kRowsAhead < rows.size()) prefetch(response.row(rows[i + kRowsAhead]));
    for (size_t c = 0; c < columns; ++c) {
      const float residual = p[c] + bias[c] - y[c];
      p[c] = residual;
      sums[c] += residual;
      squares[c] += residual * residual;
    }
  }
}

using Adamw = void (*)(const AdamwStep&, float*, float*, float*, const float*, size_t);
using Residuals = void (*)(MatrixView<float>, MatrixView<const float>, std::span<const uint32_t>, const float*, float*,
                           float*);
struct Path {
  const char* name;
  Adamw adamw;
  Residuals residuals;
};

void adamwBaseline(const AdamwStep& s, float* w, float* m, float* v, const float* g, size_t n) {
  adamwBody(s, w, m, v, g, n);
}
void residualsBaseline(MatrixView<float> p, MatrixView<const float> y, std::span<const uint32_t> rows,
                       const float* bias, float* sums, float* squares) {
  residualBody(p, y, rows, bias, sums, squares);
}

#ifdef CORTICAST_X86
[[gnu::target("avx2")]] void adamwAvx2(const AdamwStep& s, float* w, float* m, float* v, const float* g, size_t n) {
  adamwBody(s, w, m, v, g, n);
}
[[gnu::target("avx2")]] void residualsAvx2(MatrixView<float> p, MatrixView<const float> y,
                                           std::span<const uint32_t> rows, const float* bias, float* sums,
                                           float* squares) {
  residualBody(p, y, rows, bias, sums, squares);
}
[[gnu::target("avx512f,prefer-vector-width=512")]] void adamwAvx512(const AdamwStep& s, float* w, float* m, float* v,
                                                                    const float* g, size_t n) {
  adamwBody(s, w, m, v, g, n);
}
[[gnu::target("avx512f,prefer-vector-width=512")]] void residualsAvx512(MatrixView<float> p, MatrixView<const float> y,
                                                                        std::span<const uint32_t> rows,
                                                                        const float* bias, float* sums,
                                                                        float* squares) {
  residualBody(p, y, rows, bias, sums, squares);
}
#endif

const Path& path() {
  static const Path chosen = [] {
#ifdef CORTICAST_X86
    if (__builtin_cpu_supports("avx512f")) return Path{"avx512", adamwAvx512, residualsAvx512};
    if (__builtin_cpu_supports("avx2")) return Path{"avx2", adamwAvx2, residualsAvx2};
#endif
    return Path{"baseline", adamwBaseline, residualsBaseline};
  }();
  return chosen;
}

}  // namespace

AdamwStep adamwStep(double learningRate, double weightDecay, double beta1, double beta2, double epsilon, int64_t step,
                    double gradientScale) {
  const auto exponent = static_cast<double>(step);
  return {.gradientScale = static_cast<float>(gradientScale),
          .keep = static_cast<float>(1 - learningRate * weightDecay),
          .oneMinusBeta1 = static_cast<float>(1 - beta1),
          .beta2 = static_cast<float>(beta2),
          .oneMinusBeta2 = static_cast<float>(1 - beta2),
          .stepSize = static_cast<float>(learningRate / (1 - std::pow(beta1, exponent))),
          .inverseCorrection2 = static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, exponent))),
          .epsilon = static_cast<float>(epsilon)};
}

void adamw(const AdamwStep& step, float* weight, float* moment1, float* moment2, const float* gradient, size_t count) {
  path().adamw(step, weight, moment1, moment2, gradient, count);
}

void residuals(MatrixView<float> prediction, MatrixView<const float> response, std::span<const uint32_t> rows,
               const float* bias, float* sums, float* squares) {
  path().residuals(prediction, response, rows, bias, sums, squares);
}

void maskedResiduals(MatrixView<float> prediction, MatrixView<const float> response, std::span<const uint32_t> rows,
                     const float* bias, float* sums, float* squares) {
  const size_t columns = prediction.cols();
  std::memset(sums, 0, columns * sizeof(float));
  std::memset(squares, 0, columns * sizeof(float));
  for (size_t i = 0; i < rows.size(); ++i) {
    float* const p = prediction.row(i).data();
    const float* const y = response.row(rows[i]).data();
    for (size_t c = 0; c < columns; ++c) {
      const float residual = std::isnan(y[c]) ? 0.0F : p[c] + bias[c] - y[c];
      p[c] = residual;
      sums[c] += residual;
      squares[c] += residual * residual;
    }
  }
}

const char* vectorPath() {
  return path().name;
}

}  // namespace corticast::kernels
