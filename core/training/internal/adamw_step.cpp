#include "core/training/internal/adamw_step.h"

namespace corticast::kernels {

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

}  // namespace corticast::kernels
