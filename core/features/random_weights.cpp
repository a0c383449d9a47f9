#include "core/features/random_weights.h"

#include <cmath>
#include <functional>
#include <numeric>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/features/backbones.h"
#include "core/formats/safetensors.h"

namespace corticast {
namespace {

NamedTensor randomTensor(const WantedTensor& wanted, uint64_t stream) {
  const auto count =
      static_cast<size_t>(std::accumulate(wanted.shape.begin(), wanted.shape.end(), int64_t{1}, std::multiplies<>()));
  const auto rows = static_cast<double>(wanted.shape.empty() ? 1 : wanted.shape.front());
  // Of variance 1 / inputs; what is added or only scales lies within a half.
  const double reach = wanted.shape.size() < 2 ? 0.5 : std::sqrt(3 * rows / static_cast<double>(count));
  Philox random(1, stream);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform(-reach, reach));
  NamedTensor tensor = NamedTensor::of(wanted.name, std::span<const float>(values));
  tensor.shape = wanted.shape;
  return tensor;
}

}  // namespace

void writeRandomWeights(const std::string& backboneId, const std::filesystem::path& file) {
  const BackboneInfo& info = backbone(backboneId);
  if (!info.tensors)
    throw Error({.what = "draw weights",
                 .where = info.label,
                 .why = "nobody knows their shapes",
                 .remedy = "give a file of weights, or choose another backbone"});
  std::vector<NamedTensor> tensors;
  for (const WantedTensor& wanted : info.tensors()) tensors.push_back(randomTensor(wanted, tensors.size()));
  writeSafetensors(file, tensors);
}

}  // namespace corticast
