#pragma once
#include <filesystem>
#include <span>
#include <vector>

namespace corticast {

/// Reads FreeSurfer's one-value-per-vertex files (`lh.curv`, `lh.sulc`, `lh.thickness`; binary format of magic
/// FF FF FF, big-endian). Throws Error for anything else, a cut file, and bytes left over. Values are as they are,
/// NaN included.
[[nodiscard]] std::vector<float> readFreesurferCurv(const std::filesystem::path& path);

/// Writes the same format. `triangleCount` is the number of triangles of the surface that the values belong to.
void writeFreesurferCurv(const std::filesystem::path& path, std::span<const float> values, size_t triangleCount);

}  // namespace corticast
