#include "core/base/random.h"

#include <cmath>
#include <numbers>

namespace corticast {

// Matsumoto & Nishimura 1998; seeding and drawing as in numpy/random/src/mt19937 and legacy-distributions.
NumpyRandom::NumpyRandom(uint32_t seed) {
  m_state[0] = seed;
  for (uint32_t i = 1; i < 624; ++i) m_state[i] = 1812433253U * (m_state[i - 1] ^ (m_state[i - 1] >> 30)) + i;
}

void NumpyRandom::refill() {
  for (size_t i = 0; i < 624; ++i) {
    const uint32_t y = (m_state[i] & 0x80000000U) | (m_state[(i + 1) % 624] & 0x7fffffffU);
    m_state[i] = m_state[(i + 397) % 624] ^ (y >> 1) ^ ((y & 1U) ? 0x9908b0dfU : 0U);
  }
  m_position = 0;
}

uint32_t NumpyRandom::next32() {
  if (m_position == 624) refill();
  uint32_t y = m_state[m_position++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680U;
  y ^= (y << 15) & 0xefc60000U;
  return y ^ (y >> 18);
}

double NumpyRandom::uniform() {
  const uint32_t a = next32() >> 5;
  const uint32_t b = next32() >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}

uint64_t NumpyRandom::interval(uint64_t max) {
  uint64_t mask = max;
  for (const unsigned shift : {1U, 2U, 4U, 8U, 16U, 32U}) mask |= mask >> shift;
  uint64_t value = 0;
  do {
    value = max <= 0xffffffffU ? next32() : (uint64_t{next32()} << 32 | next32());
    value &= mask;
  } while (value > max);
  return max == 0 ? 0 : value;
}

std::vector<uint32_t> NumpyRandom::permutation(size_t n) {
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  shuffle(std::span(order));
  return order;
}

uint32_t Philox::next32() {
  if (m_used == 4) {
    std::array<uint32_t, 4> x = {static_cast<uint32_t>(m_counter), static_cast<uint32_t>(m_counter >> 32),
                                 static_cast<uint32_t>(m_stream), static_cast<uint32_t>(m_stream >> 32)};
    auto k0 = static_cast<uint32_t>(m_seed);
    auto k1 = static_cast<uint32_t>(m_seed >> 32);
    for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9U, k1 += 0xBB67AE85U) {
      const uint64_t p0 = uint64_t{0xD2511F53U} * x[0];
      const uint64_t p1 = uint64_t{0xCD9E8D57U} * x[2];
      x = {static_cast<uint32_t>(p1 >> 32) ^ x[1] ^ k0, static_cast<uint32_t>(p1),
           static_cast<uint32_t>(p0 >> 32) ^ x[3] ^ k1, static_cast<uint32_t>(p0)};
    }
    m_block = x;
    m_used = 0;
    ++m_counter;
  }
  return m_block[m_used++];
}

uint64_t Philox::next64() {
  const uint64_t high = next32();
  return high << 32 | next32();
}

double Philox::uniform() {
  return static_cast<double>(next64() >> 11) * 0x1p-53;
}

double Philox::uniform(double low, double high) {
  return low + (high - low) * uniform();
}

double Philox::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

uint64_t Philox::below(uint64_t bound) {
  const uint64_t limit = bound * (UINT64_MAX / bound);
  uint64_t value = 0;
  do value = next64();
  while (value >= limit);
  return value % bound;
}

std::vector<uint32_t> Philox::permutation(size_t n) {
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  shuffle(std::span(order));
  return order;
}

uint64_t streamOf(const std::string& name) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace corticast
