#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/formats/pickle.h"
#include "core/formats/tensor_file.h"

namespace corticast {

/// A tensor as PyTorch pickles it: a window on a storage that lies elsewhere.
struct TorchTensor {
  TensorEntry entry;
  std::string storage;           ///< its key
  size_t storageValues = 0;      ///< that the storage should hold
  size_t offset = 0;             ///< of the first value in the storage
  std::vector<int64_t> strides;  ///< in values

  /// The values in C order, cut out of the storage's bytes. Throws Error when they reach beyond it.
  [[nodiscard]] NamedTensor gather(std::span<const std::byte> storageBytes, const std::string& where) const;
};

/// Names that may appear in a pickle of tensors.
[[nodiscard]] const PickleRules& torchPickleRules();

/// Every tensor of the tree, under its path of keys and attributes. Throws Error when a tensor is described in an
/// unknown way or two have one name.
[[nodiscard]] std::vector<TorchTensor> tensorsOf(const PickleTree& tree, const std::string& where);

[[noreturn]] void failReadingTorch(const std::string& where, const std::string& why);

}  // namespace corticast
