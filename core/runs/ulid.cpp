#include "core/runs/ulid.h"

#include <algorithm>
#include <random>

namespace corticast {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kTimeDigits = 10;
constexpr size_t kDigitCount = 26;

std::string plusOne(std::string ulid) {
  for (size_t i = ulid.size(); i-- > 0;) {
    const size_t digit = kDigits.find(ulid[i]);
    ulid[i] = kDigits[(digit + 1) % kDigits.size()];
    if (digit + 1 < kDigits.size()) break;
  }
  return ulid;
}

}  // namespace

std::string newUlid(std::string_view after, std::chrono::system_clock::time_point now) {
  const auto sinceEpoch = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  auto milliseconds = static_cast<uint64_t>(std::max<int64_t>(0, sinceEpoch));
  std::string ulid(kDigitCount, '0');
  for (size_t i = kTimeDigits; i-- > 0; milliseconds >>= 5) ulid[i] = kDigits[milliseconds & 31];
  std::random_device random;
  for (size_t i = kTimeDigits; i < kDigitCount; ++i) ulid[i] = kDigits[random() & 31];
  if (isUlid(after) && ulid <= after) return plusOne(std::string(after));
  return ulid;
}

bool isUlid(std::string_view text) {
  return text.size() == kDigitCount &&
         std::all_of(text.begin(), text.end(), [](char c) { return kDigits.find(c) != std::string_view::npos; });
}

}  // namespace corticast
