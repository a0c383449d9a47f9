#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/formats/safetensors.h"

namespace corticast {

/// What a file says of one of its tensors.
struct TensorEntry {
  std::string name;
  TensorType type = TensorType::Float32;
  std::vector<int64_t> shape;
};

/// A file of named tensors, whatever its format: network weights as their authors published them.
///
///     const auto file = openTensorFile("ViT-B-32.pt");
///     for (const TensorEntry& entry : file->entries()) std::cout << entry.name;
///     NamedTensor weight = file->read("visual.conv1.weight");
class TensorFile {
 public:
  virtual ~TensorFile() = default;
  /// In words: "PyTorch state dict".
  [[nodiscard]] virtual std::string format() const = 0;
  /// Each name once. Dicts in dicts and modules in modules are joined by '.': "state_dict.features.0.weight".
  [[nodiscard]] virtual const std::vector<TensorEntry>& entries() const = 0;
  /// Throws Error when there is no such tensor or its bytes are damaged (safetensors has no checksum to tell).
  [[nodiscard]] virtual NamedTensor read(const std::string& name) const = 0;
};

/// Opens by content, not by the name's ending:
/// - safetensors;
/// - what torch.save writes: a zip of a pickle and its storages, or (before PyTorch 1.6) pickles and storages in a row;
/// - TorchScript archives: the parameters and buffers of the module and its submodules; its code is not looked at.
///
/// Pickles are read without running anything (pickle.h): tensors, parameters, numbers, texts and plain containers are
/// understood; any other name in them is an Error that says which. Throws Error for every damage as well.
[[nodiscard]] std::unique_ptr<TensorFile> openTensorFile(const std::filesystem::path& path);

}  // namespace corticast
