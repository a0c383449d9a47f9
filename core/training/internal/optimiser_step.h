#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/training/optimiser.h"

namespace corticast {

/// One step of all parameters of a network.
struct OptimiserStep {
  std::vector<at::Tensor> parameters;            ///< changed in place
  std::vector<at::Tensor> gradients;             ///< as the parameters
  std::vector<std::vector<at::Tensor>> moments;  ///< per name in Optimiser::moments, as the parameters; zero at first
  double learningRate = 0;
  int64_t time = 0;  ///< 1 at the first step
};

}  // namespace corticast
