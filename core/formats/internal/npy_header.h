#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

/// Magic, version 1.0 and header as numpy.save writes them for a C-ordered array: the data follows at a multiple of
/// 64. The text leaves room for the first axis to grow to 20 digits, so a header of the same length can replace it.
[[nodiscard]] std::string formatNpyHeader(std::string_view descr, const std::vector<size_t>& shape);

}  // namespace corticast
