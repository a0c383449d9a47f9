#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace corticast {

/// A set of vertices, as FreeSurfer's text `.label` files hold it (`lh.cortex.label`).
struct FreesurferLabel {
  std::string comment;                          ///< the first line, without '#'
  std::vector<int32_t> vertices;                ///< in the file's order
  std::vector<std::array<float, 3>> positions;  ///< mm, on the surface that the label was drawn on
  std::vector<float> values;                    ///< e.g. a probability; 0 where nothing was stored
};

/// Throws Error when the count and the lines disagree, a number cannot be read, or a vertex is negative (not yet put on
/// a surface) or not below `vertexCount`.
[[nodiscard]] FreesurferLabel readFreesurferLabel(const std::filesystem::path& path, int64_t vertexCount = INT64_C(1)
                                                                                                           << 31);

}  // namespace corticast
