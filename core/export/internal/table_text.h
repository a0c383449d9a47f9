#pragma once
#include <string>

namespace corticast {

[[nodiscard]] std::string escapedForMarkdown(const std::string& text);
[[nodiscard]] std::string escapedForLatex(const std::string& text);

}  // namespace corticast
