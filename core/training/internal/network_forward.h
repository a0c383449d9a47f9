#pragma once
#include <c10/core/Device.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/formats/safetensors.h"
#include "core/models/internal/network.h"

namespace corticast {

/// A network on the CPU with the state that namedState gave, `prefix` before every name, ready to predict. Throws Error
/// when a tensor is missing or of another shape.
[[nodiscard]] std::shared_ptr<Network> networkWith(std::shared_ptr<Network> built, std::span<const NamedTensor> tensors,
                                                   const std::string& prefix);

/// Pictures as a network takes them, on its device. `features` is [pictures x features], `shape` that of one picture.
[[nodiscard]] at::Tensor batchOf(MatrixView<const float> features, const std::vector<int64_t>& shape,
                                 c10::Device device);

/// Predictions [B x outputs] as float; `isMixed`: with products in bfloat16, on CUDA.
[[nodiscard]] at::Tensor predicted(Network& network, const at::Tensor& images, bool isMixed);

/// Predictions [pictures x outputs] of a network in evaluation mode for pictures as batchOf takes them, without
/// gradient and with so many at a time that they fit in memory.
[[nodiscard]] Matrix<float> predictAll(Network& network, MatrixView<const float> features,
                                       const std::vector<int64_t>& shape, c10::Device device, bool isMixed);

/// Pictures that go through a network at once where no gradient is wanted.
inline constexpr size_t kPredictedRows = 256;

}  // namespace corticast
