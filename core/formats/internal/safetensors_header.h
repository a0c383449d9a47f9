#pragma once
#include <string>
#include <string_view>

#include "core/formats/safetensors.h"

namespace corticast {

struct SafetensorsHeader {
  std::vector<SafetensorsFile::Entry> entries;  ///< as they stand in the header
  std::map<std::string, std::string> metadata;
};

/// Parses the JSON text of a header, letting nothing pass that the format does not name. Ranges are not yet checked
/// against each other or the file.
[[nodiscard]] SafetensorsHeader parseSafetensorsHeader(std::string_view text, const std::string& where);

/// Product of the shape times the size of a value in `bytes`; false when it exceeds 64 bits or a size is negative.
[[nodiscard]] bool tensorBytes(const std::vector<int64_t>& shape, TensorType type, size_t& bytes);

[[noreturn]] void failReadingSafetensors(const std::string& where, const std::string& why);

}  // namespace corticast
