#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace corticast::kernels {

/// One AdamW step as torch.optim.AdamW takes it (Loshchilov & Hutter 2019), in this order of operations:
///   g = gradientScale * gradient;  w *= keep;  m += (1 - beta1) (g - m);  v = beta2 v + (1 - beta2) g g;
///   w -= stepSize * m / (sqrt(v) * inverseCorrection2 + epsilon)
/// The step of zeros, as it is at first, moves nothing.
struct AdamwStep {
  float gradientScale = 0;
  float keep = 1;  ///< 1 - learningRate * weightDecay
  float oneMinusBeta1 = 0;
  float beta2 = 1;
  float oneMinusBeta2 = 0;
  float stepSize = 0;            ///< learningRate / (1 - beta1^step)
  float inverseCorrection2 = 1;  ///< 1 / sqrt(1 - beta2^step)
  float epsilon = 1;
};
/// `step` counts from 1.
[[nodiscard]] AdamwStep adamwStep(double learningRate, double weightDecay, double beta1, double beta2, double epsilon,
                                  int64_t step, double gradientScale);

/// Single IEEE operations without fused multiply-add: the bits are the same whatever vectors it is compiled for.
[[gnu::always_inline]] inline void takeStep(const AdamwStep& s, float gradient, float& w, float& m, float& v) {
  const float g = s.gradientScale * gradient;
  const float mean = m + s.oneMinusBeta1 * (g - m);
  const float square = s.beta2 * v + s.oneMinusBeta2 * g * g;
  const float denominator = std::sqrt(square) * s.inverseCorrection2 + s.epsilon;
  m = mean;
  v = square;
  w = s.keep * w - s.stepSize * (mean / denominator);
}

}  // namespace corticast::kernels
