#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

namespace corticast {

/// The largest finite number of IEEE 754 binary16.
inline constexpr float kLargestHalf = 65504.0F;

/// IEEE 754 binary16 as float32, exact.
[[nodiscard]] inline float halfToFloat(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  float magnitude = 0;
  if (exponent == 31)
    magnitude = std::bit_cast<float>(0x7f800000u | static_cast<uint32_t>(fraction) << 13);
  else if (exponent == 0)
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  else
    magnitude = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  return std::copysign(magnitude, bits & 0x8000 ? -1.0f : 1.0f);
}

/// The nearest binary16, ties to even, as processors round; what lies beyond becomes infinite, NaN stays one.
[[nodiscard]] uint16_t floatToHalf(float value);

/// Whole blocks, by the processor's own instruction where it has one; both spans of one length.
void halvesToFloats(std::span<const uint16_t> halves, std::span<float> floats);
void floatsToHalves(std::span<const float> floats, std::span<uint16_t> halves);

/// bfloat16 as float32, exact.
[[nodiscard]] inline float bfloat16ToFloat(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

}  // namespace corticast
