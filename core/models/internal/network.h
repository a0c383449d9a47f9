#pragma once
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

#include "core/base/random.h"
#include "core/models/architecture.h"

namespace corticast {

/// A model that is trained by automatic differentiation. What it learns are registered parameters, what it keeps beside
/// them (running means, positions) registered buffers: both are saved, restored and moved between devices by name.
///
/// Nothing of it may draw from torch's own generator: the first weights come from `drawWeights`, and masks from
/// `dropout`, so that each model depends on the plan's seed and its own name alone.
///
///     class Deep : public Network {
///      public:
///       explicit Deep(const NetworkInput& input) : m_out(register_module("out", torch::nn::Linear(...))) {}
///       at::Tensor forward(const at::Tensor& images) override {
///         return m_out->forward(dropout(images.flatten(1), 0.2));
///       }
///     };
class Network : public torch::nn::Module {
 public:
  /// Predictions [B x targets] for images [B x ...imageShape], float (double in gradient checks).
  [[nodiscard]] virtual at::Tensor forward(const at::Tensor& images) = 0;

  /// First weights. Default: every module with a `weight` of two or more dimensions gets it, and after it its `bias`,
  /// uniform in +-1/sqrt(inputs of one output), as torch.nn.Linear and Conv draw them; modules in the order of
  /// their registration, parents first, values in the order of memory. Others (BatchNorm) keep what they were built
  /// with.
  virtual void drawWeights(Philox& random);

  /// Where `dropout` draws from; on the device of the parameters. Its state is part of a checkpoint.
  void setGenerator(at::Generator generator) { m_generator = std::move(generator); }
  [[nodiscard]] const at::Generator& generator() const { return m_generator; }

  /// While training, zeroes each value with `probability` and divides the others by 1 - probability, with the mask that
  /// torch.nn.functional.dropout would draw from a generator in the same state on the CPU; in evaluation mode, `x`.
  [[nodiscard]] at::Tensor dropout(const at::Tensor& x, double probability) const;

 private:
  at::Generator m_generator;
};

}  // namespace corticast
