#pragma once
#include <ATen/core/Tensor.h>

#include <span>
#include <string>
#include <vector>

#include "core/formats/safetensors.h"
#include "core/models/internal/network.h"

namespace corticast {

/// A copy of a tensor's values, wherever it lies. Float, double, int64 and uint8 are known.
[[nodiscard]] NamedTensor toNamed(std::string name, const at::Tensor& tensor);
/// Overwrites `to` with the values of `from`. Throws Error when type or shape differ.
void copyTo(const NamedTensor& from, at::Tensor to);

/// Parameters and buffers of a network with their names, in the order of registration, parameters first. The tensors
/// are the network's own.
[[nodiscard]] std::vector<std::pair<std::string, at::Tensor>> stateOf(const Network& network);
/// The same as copies, `prefix` before every name.
[[nodiscard]] std::vector<NamedTensor> namedState(const Network& network, const std::string& prefix = {});
/// Puts back what namedState gave. Throws Error when a tensor is missing or of another type or shape.
void loadState(Network& network, std::span<const NamedTensor> tensors, const std::string& prefix = {});

}  // namespace corticast
