#include "core/data/stimulus.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace corticast {
namespace {

bool takeText(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::optional<int> takeNumber(std::string_view& text, size_t leastDigits) {
  int value = 0;
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  const size_t digits = std::find_if_not(text.begin(), text.end(), isDigit) - text.begin();
  if (digits < leastDigits) return std::nullopt;
  if (std::from_chars(text.data(), text.data() + digits, value).ec != std::errc()) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool isPictureSuffix(std::string_view suffix) {
  std::string lower(suffix);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower == ".png" || lower == ".jpg" || lower == ".jpeg";
}

}  // namespace

std::optional<Stimulus> parseStimulusName(std::string_view file, std::string_view prefix) {
  std::string_view rest = file;
  if (!takeText(rest, prefix) || !takeText(rest, "-")) return std::nullopt;
  const auto index = takeNumber(rest, 4);
  if (!index || *index < 1 || !takeText(rest, "_nsd-")) return std::nullopt;
  const auto nsdId = takeNumber(rest, 5);
  if (!nsdId || !isPictureSuffix(rest)) return std::nullopt;
  return Stimulus{std::string(file), {}, *index, *nsdId};
}

}  // namespace corticast
