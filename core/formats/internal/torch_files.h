#pragma once
#include <filesystem>
#include <memory>
#include <string_view>

#include "core/formats/tensor_file.h"

namespace corticast {

/// The two kinds of file that torch.save has written; see openTensorFile.
[[nodiscard]] std::unique_ptr<TensorFile> openTorchZip(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<TensorFile> openLegacyTorch(const std::filesystem::path& path);

/// How a file from before PyTorch 1.6 begins: the pickles of its magic number and of the version 1001.
inline constexpr std::string_view kLegacyTorchStart = {
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02\x4d\xe9\x03\x2e", 21};

}  // namespace corticast
