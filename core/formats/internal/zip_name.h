#pragma once
#include <string>
#include <string_view>

namespace corticast {

/// Why a name is not a plain relative path of an archive, or "" when it is one. A folder's ends in '/'.
[[nodiscard]] std::string zipNameFault(std::string_view name);

}  // namespace corticast
