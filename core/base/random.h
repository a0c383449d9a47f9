#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace corticast {

/// MT19937 seeded and drawn from as NumPy's legacy `np.random.seed(s)` / `RandomState(s)` does: the same
/// permutations and doubles, bit for bit (tests/oracles/numpy_random.py).
class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed);

  [[nodiscard]] uint32_t next32();
  /// `random_sample()`: 53 bits in [0, 1).
  [[nodiscard]] double uniform();
  /// `random_interval(max)`: uniform in [0, max] by masked rejection, as the legacy shuffle draws it.
  [[nodiscard]] uint64_t interval(uint64_t max);
  /// `np.random.shuffle` of a one-dimensional array, in place.
  template <typename T>
  void shuffle(std::span<T> values) {
    for (size_t i = values.size(); i-- > 1;) std::swap(values[i], values[interval(i)]);
  }
  /// `np.random.permutation(n)`.
  [[nodiscard]] std::vector<uint32_t> permutation(size_t n);

 private:
  void refill();
  std::array<uint32_t, 624> m_state{};
  size_t m_position = 624;
};

/// Counter-based generator Philox4x32-10 (Salmon et al. 2011): value i of stream (seed, stream) is a pure
/// function of the three, so a resumed or parallel computation draws the same numbers without stored state.
class Philox {
 public:
  explicit Philox(uint64_t seed, uint64_t stream = 0) : m_seed(seed), m_stream(stream) {}

  [[nodiscard]] uint32_t next32();
  [[nodiscard]] uint64_t next64();
  [[nodiscard]] double uniform();  ///< [0, 1), 53 bits
  [[nodiscard]] double uniform(double low, double high);
  [[nodiscard]] double normal();                 ///< mean 0, sd 1 (Box-Muller)
  [[nodiscard]] uint64_t below(uint64_t bound);  ///< uniform in [0, bound), unbiased
  template <typename T>
  void shuffle(std::span<T> values) {
    for (size_t i = values.size(); i-- > 1;) std::swap(values[i], values[below(i + 1)]);
  }
  [[nodiscard]] std::vector<uint32_t> permutation(size_t n);

 private:
  uint64_t m_seed;
  uint64_t m_stream;
  uint64_t m_counter = 0;
  std::array<uint32_t, 4> m_block{};
  unsigned m_used = 4;
};

/// A stream number from a name ("subj01/lh/OFA"): FNV-1a, 64 bit.
[[nodiscard]] uint64_t streamOf(const std::string& name);

}  // namespace corticast
