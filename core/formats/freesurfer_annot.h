#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace corticast {

/// One region of a parcellation.
struct AnnotationEntry {
  std::string name;
  std::array<uint8_t, 3> rgb{};
  /// red + green * 2^8 + blue * 2^16 (+ the fourth channel * 2^24): what the vertices carry.
  int32_t value = 0;
};

/// A parcellation of one hemisphere's surface, as FreeSurfer's `.annot` files hold it.
struct Annotation {
  std::vector<AnnotationEntry> entries;
  /// [vertices] index into `entries`; -1 where the vertex' value is in no entry.
  std::vector<int32_t> labels;
  /// [vertices] as stored.
  std::vector<int32_t> values;
};

/// Reads colour tables of both kinds (before version 2, and 2), or none (then no entries, every label -1).
/// Throws Error for a cut file, a vertex out of range, twice or missing, and a colour or structure out of range.
[[nodiscard]] Annotation readFreesurferAnnot(const std::filesystem::path& path);

}  // namespace corticast
