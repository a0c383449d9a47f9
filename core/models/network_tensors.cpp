#include "core/models/internal/network_tensors.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <cstring>

#include "core/base/error.h"

namespace corticast {
namespace {

struct TypePair {
  TensorType named;
  at::ScalarType torch;
};
constexpr TypePair kTypes[] = {{TensorType::Float32, at::kFloat},
                               {TensorType::Float64, at::kDouble},
                               {TensorType::Int64, at::kLong},
                               {TensorType::UInt8, at::kByte}};

std::string shapeText(at::IntArrayRef shape) {
  std::string text;
  for (const int64_t size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "one number" : text;
}

}  // namespace

NamedTensor toNamed(std::string name, const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach().cpu().contiguous();
  NamedTensor named;
  named.name = std::move(name);
  named.shape = values.sizes().vec();
  for (const TypePair& pair : kTypes) {
    if (pair.torch != values.scalar_type()) continue;
    named.type = pair.named;
    named.data.resize(values.nbytes());
    if (!named.data.empty()) std::memcpy(named.data.data(), values.const_data_ptr(), values.nbytes());
    return named;
  }
  throw Error({.what = "save a tensor",
               .where = named.name,
               .why = std::string("its type ") + c10::toString(values.scalar_type()) + " is not among those saved",
               .remedy = "this is a fault of the program; please report it"});
}

void copyTo(const NamedTensor& from, at::Tensor to) {
  const auto wrong = [&](const std::string& why) {
    return Error({.what = "load a tensor",
                  .where = from.name,
                  .why = why,
                  .remedy = "the file belongs to a model of another shape; use the one saved by this plan"});
  };
  if (to.sizes() != at::IntArrayRef(from.shape))
    throw wrong("it is " + shapeText(from.shape) + ", this model has " + shapeText(to.sizes()));
  for (const TypePair& pair : kTypes) {
    if (pair.named != from.type) continue;
    if (pair.torch != to.scalar_type()) break;
    const at::Tensor values = at::empty(from.shape, pair.torch);
    if (!from.data.empty()) std::memcpy(values.mutable_data_ptr(), from.data.data(), from.data.size());
    const at::NoGradGuard guard;
    to.copy_(values);
    return;
  }
  throw wrong("it is of type " + toString(from.type) + ", this model has " + c10::toString(to.scalar_type()));
}

std::vector<std::pair<std::string, at::Tensor>> stateOf(const Network& network) {
  std::vector<std::pair<std::string, at::Tensor>> all;
  for (const auto& each : network.named_parameters()) all.emplace_back(each.key(), each.value());
  for (const auto& each : network.named_buffers()) all.emplace_back(each.key(), each.value());
  return all;
}

std::vector<NamedTensor> namedState(const Network& network, const std::string& prefix) {
  std::vector<NamedTensor> all;
  for (const auto& [name, tensor] : stateOf(network)) all.push_back(toNamed(prefix + name, tensor));
  return all;
}

void loadState(Network& network, std::span<const NamedTensor> tensors, const std::string& prefix) {
  for (const auto& [name, tensor] : stateOf(network)) copyTo(tensorNamed(tensors, prefix + name), tensor);
}

}  // namespace corticast
