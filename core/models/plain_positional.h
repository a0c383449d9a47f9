#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

namespace corticast {

/// What the positional architecture is measured against: the model of clip-pos-dropout as it is commonly written for
/// PyTorch, by the same LibTorch. Every Conv1d is fed with the concatenation of its input and the positions, then come
/// torch's own BatchNorm1d, LeakyReLU and Dropout. Benchmarks only; nothing trains with it.
class PlainPositional {
 public:
  struct Size {
    int64_t pictures = 64;  ///< of a minibatch
    int64_t vertices = 500;
    int64_t features = 512;
    int threads = 1;
  };
  explicit PlainPositional(const Size& size);
  ~PlainPositional();

  /// Forward, mean squared error, backward and AdamW on a minibatch of random numbers; returns the loss.
  double step();

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace corticast
