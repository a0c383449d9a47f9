#include "core/models/internal/network.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>

#include <cmath>

#include "core/base/error.h"

namespace corticast {
namespace {

void drawUniform(at::Tensor parameter, double bound, Philox& random) {
  const at::Tensor values =
      at::empty_like(parameter, at::TensorOptions().device(at::kCPU).dtype(at::kFloat), at::MemoryFormat::Contiguous);
  float* const data = values.data_ptr<float>();
  for (int64_t i = 0; i < values.numel(); ++i) data[i] = static_cast<float>(random.uniform(-bound, bound));
  parameter.copy_(values);
}

}  // namespace

int64_t NetworkInput::features() const {
  int64_t product = 1;
  for (const int64_t size : imageShape) product *= size;
  return product;
}

void Network::drawWeights(Philox& random) {
  const at::NoGradGuard guard;
  for (const auto& module : modules()) {
    const auto own = module->named_parameters(/*recurse=*/false);
    const at::Tensor* const weight = own.find("weight");
    if (!weight || weight->dim() < 2) continue;
    const double bound = 1 / std::sqrt(static_cast<double>(weight->numel() / weight->size(0)));
    drawUniform(*weight, bound, random);
    if (const at::Tensor* const bias = own.find("bias")) drawUniform(*bias, bound, random);
  }
}

at::Tensor Network::dropout(const at::Tensor& x, double probability) const {
  if (!is_training() || probability <= 0) return x;
  const at::Tensor mask = at::empty_like(x, x.suggest_memory_format());
  mask.bernoulli_(1 - probability, m_generator);
  return x * mask.div_(1 - probability);
}

}  // namespace corticast
