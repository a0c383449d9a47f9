#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/matrix.h"

/// The element-wise passes of linear training, for the widest vectors the CPU has (AVX-512, AVX2 or what the compiler's
/// baseline gives), chosen at run time. Each is built from single IEEE operations without fused multiply-add, so the
/// bits are the same on every path; only BLAS makes results depend on the type of CPU.
namespace corticast::kernels {

/// One AdamW step as torch.optim.AdamW takes it (Loshchilov & Hutter 2019), in this order of operations:
///   g = gradientScale * gradient;  w *= keep;  m += (1 - beta1) (g - m);  v = beta2 v + (1 - beta2) g g;
///   w -= stepSize * m / (sqrt(v) * inverseCorrection2 + epsilon)
struct AdamwStep {
  float gradientScale = 1;
  float keep = 1;  ///< 1 - learningRate * weightDecay
  float oneMinusBeta1 = 0;
  float beta2 = 0;
  float oneMinusBeta2 = 0;
  float stepSize = 0;            ///< learningRate / (1 - beta1^step)
  float inverseCorrection2 = 1;  ///< 1 / sqrt(1 - beta2^step)
  float epsilon = 0;
};
/// `step` counts from 1.
[[nodiscard]] AdamwStep adamwStep(double learningRate, double weightDecay, double beta1, double beta2, double epsilon,
                                  int64_t step, double gradientScale);
void adamw(const AdamwStep& step, float* weight, float* moment1, float* moment2, const float* gradient, size_t count);

/// prediction(i, c) becomes the residual prediction(i, c) + bias[c] - response(rows[i], c). Per column, the residuals'
/// sum goes to `sums` and their sum of squares to `squares` (both overwritten).
void residuals(MatrixView<float> prediction, MatrixView<const float> response, std::span<const uint32_t> rows,
               const float* bias, float* sums, float* squares);

/// The same where a response that is NaN was not measured: its residual becomes 0 and counts nowhere.
void maskedResiduals(MatrixView<float> prediction, MatrixView<const float> response, std::span<const uint32_t> rows,
                     const float* bias, float* sums, float* squares);

/// Name of the path in use: "avx512", "avx2", "baseline".
[[nodiscard]] const char* vectorPath();

}  // namespace corticast::kernels
