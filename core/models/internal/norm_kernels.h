#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

/// Batch normalisation, LeakyReLU and dropout in one pass over memory, forward and backward, for the widest vectors the
/// CPU has. What each computes is in norm_activation.h. Vertices are cut into pieces whose number does not depend on
/// the threads, so neither do the results.
namespace corticast::kernels {

/// z(b, v, c) = r(b, v, c) + q(v, c). `r` is [images x vertices x channels], or [images x channels] when all vertices
/// of a picture share it; `q` is [vertices x channels].
template <typename T>
struct NormInput {
  const T* r = nullptr;
  const T* q = nullptr;
  size_t images = 0;
  size_t vertices = 0;
  size_t channels = 0;
  bool isShared = false;  ///< one row of r per picture

  [[nodiscard]] const T* rowOf(size_t image, size_t vertex) const {
    return r + (isShared ? image : image * vertices + vertex) * channels;
  }
  [[nodiscard]] size_t count() const { return images * vertices; }
};

/// x = dropped(LeakyReLU(scale * z + shift)); all arrays but `mask` per channel.
template <typename T>
struct NormOutput {
  const T* scale = nullptr;
  const T* shift = nullptr;
  T slope = 0;
  const uint8_t* mask = nullptr;  ///< [images x vertices x channels], 0 = dropped; null: nothing is
  T keepScale = 1;                ///< factor of what is kept
};

/// Runs work(0) .. work(tasks - 1), on several threads if it likes.
using Parallel = std::function<void(size_t tasks, const std::function<void(size_t task)>& work)>;

/// Per channel over all images and vertices.
struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;  ///< biased: mean of squared deviations
};
template <typename T>
[[nodiscard]] Moments moments(const NormInput<T>& input, const Parallel& parallel);

/// `x` is [images x vertices x channels].
template <typename T>
void activate(const NormInput<T>& input, const NormOutput<T>& output, T* x, const Parallel& parallel);

/// What flows back through normalisation by the batch's own moments.
template <typename T>
struct NormGradient {
  T* r = nullptr;              ///< as NormInput::r
  T* q = nullptr;              ///< [vertices x channels]
  std::vector<double> weight;  ///< of the normalisation's weight, per channel
  std::vector<double> bias;
};
/// From `gx` [images x vertices x channels], the gradient of x. Fills r and q of `gradient`, which the caller owns.
template <typename T>
void gradient(const NormInput<T>& input, const NormOutput<T>& output, const Moments& moments, double epsilon,
              const T* gx, NormGradient<T>& gradient, const Parallel& parallel);

}  // namespace corticast::kernels
