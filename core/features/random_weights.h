#pragma once
#include <filesystem>
#include <string>

namespace corticast {

/// Writes a weights file (.safetensors) that a backbone takes, with random values: to measure and test it without a
/// download. Activity keeps about the size of the pixels. Throws Error for a backbone whose weights have no known
/// shape.
void writeRandomWeights(const std::string& backboneId, const std::filesystem::path& file);

}  // namespace corticast
