#include "core/formats/internal/utf8.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace corticast {

bool isUtf8(std::string_view text) {
  constexpr std::array<uint32_t, 4> kSmallest = {0, 0x80, 0x800, 0x10000};
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const size_t more = lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : 0;
    if (more == 0 || text.size() - i < more) return false;
    uint32_t code = lead & (0x3fu >> more);
    for (size_t k = 0; k < more; ++k) {
      const auto next = static_cast<unsigned char>(text[i++]);
      if (next >> 6 != 2) return false;
      code = code << 6 | (next & 0x3fu);
    }
    if (code < kSmallest[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  }
  return true;
}

}  // namespace corticast
