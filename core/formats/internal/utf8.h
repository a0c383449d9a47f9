#pragma once
#include <string_view>

namespace corticast {

/// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms)?
[[nodiscard]] bool isUtf8(std::string_view text);

}  // namespace corticast
