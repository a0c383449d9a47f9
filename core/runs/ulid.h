#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace corticast {

/// A new run's name: 26 characters (Crockford base 32) of 48 bits of milliseconds and 80 random bits, so names sort
/// by age. The name is greater than `after` (a ULID, or empty) also when the clock went back: it is then `after`
/// plus one.
[[nodiscard]] std::string newUlid(std::string_view after = {},
                                  std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

[[nodiscard]] bool isUlid(std::string_view text);

}  // namespace corticast
