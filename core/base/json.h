#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace corticast {

/// JSON with keys kept in writing order. Public headers include this file; sources that touch values
/// include <nlohmann/json.hpp> as well.
using Json = nlohmann::ordered_json;

/// Reads one JSON document. Throws Error naming the file and the line when it is missing or malformed.
[[nodiscard]] Json readJsonFile(const std::filesystem::path& path);

/// Parses text; `where` names its origin in the error.
[[nodiscard]] Json parseJson(std::string_view text, const std::string& where);

/// Writes `value`, indented by two, in one step (atomic_file.h).
void writeJsonFile(const std::filesystem::path& path, const Json& value);

}  // namespace corticast
