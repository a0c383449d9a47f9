#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Numbers and lists as people read them. Absent is for the caller to say: none of these prints "nan".
namespace corticast {

/// 39548 -> "39,548"
[[nodiscard]] std::string thousands(uint64_t value);
/// 72 -> "1:12", 11100 -> "3 h 05 min"
[[nodiscard]] std::string duration(double seconds);
/// 1500000000 -> "1.5 GB" (powers of 1000)
[[nodiscard]] std::string byteSize(uint64_t bytes);
/// Fixed decimals, independent of the locale: (0.61234, 3) -> "0.612"
[[nodiscard]] std::string fixed(double value, int decimals);
/// Shortest text that reads back as the same number, independent of the locale.
[[nodiscard]] std::string shortest(double value);
/// {"9841","39548"} with " x " -> "9841 x 39548"
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

}  // namespace corticast
