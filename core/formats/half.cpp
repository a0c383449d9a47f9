#include "core/formats/half.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace corticast {
namespace {

#if defined(__x86_64__) && defined(__GNUC__)
constexpr size_t kLanes = 8;

[[gnu::target("avx,f16c")]] size_t widenF16c(std::span<const uint16_t> halves, float* floats) {
  const size_t whole = halves.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes)
    _mm256_storeu_ps(floats + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&halves[i]))));
  return whole;
}

[[gnu::target("avx,f16c")]] size_t narrowF16c(std::span<const float> floats, uint16_t* halves) {
  const size_t whole = floats.size() / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(halves + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(&floats[i]), _MM_FROUND_TO_NEAREST_INT));
  return whole;
}

// By cpuid, as clang's __builtin_cpu_supports does not know f16c before version 17; it is slow in virtual machines.
bool hasF16c() {
  static const bool kHas = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
  }();
  return kHas;
}
#else
size_t widenF16c(std::span<const uint16_t>, float*) {
  return 0;
}
size_t narrowF16c(std::span<const float>, uint16_t*) {
  return 0;
}
bool hasF16c() {
  return false;
}
#endif

}  // namespace

uint16_t floatToHalf(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000U);
  const uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude > 0x7f800000U) return sign | 0x7e00U | static_cast<uint16_t>(magnitude >> 13 & 0x1ffU);
  if (magnitude >= 0x47800000U) return sign | 0x7c00U;
  // Numbers below 2^-14 are multiples of 2^-24; nearbyint rounds ties to even.
  if (magnitude < 0x38800000U)
    return sign | static_cast<uint16_t>(std::nearbyint(std::ldexp(std::bit_cast<float>(magnitude), 24)));
  const uint32_t rebiased = magnitude - 0x38000000U;
  return sign | static_cast<uint16_t>((rebiased + 0xfffU + (rebiased >> 13 & 1U)) >> 13);
}

void halvesToFloats(std::span<const uint16_t> halves, std::span<float> floats) {
  for (size_t i = hasF16c() ? widenF16c(halves, floats.data()) : 0; i < halves.size(); ++i)
    floats[i] = halfToFloat(halves[i]);
}

void floatsToHalves(std::span<const float> floats, std::span<uint16_t> halves) {
  for (size_t i = hasF16c() ? narrowF16c(floats, halves.data()) : 0; i < floats.size(); ++i)
    halves[i] = floatToHalf(floats[i]);
}

}  // namespace corticast
