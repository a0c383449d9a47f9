#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/features/reduction.h"
#include "core/formats/safetensors.h"

namespace corticast {
namespace {

[[noreturn]] void failTensor(const std::string& name, const std::string& why) {
  throw Error({.what = "read the reduction of a model",
               .where = name,
               .why = why,
               .remedy = "the file is damaged or not a model's: take it from another checkpoint, or train again"});
}

void requireCount(const std::string& name, size_t count, size_t wanted) {
  if (count != wanted) failTensor(name, "it has " + thousands(count) + " values, " + thousands(wanted) + " are needed");
}

std::vector<double> doublesOf(std::span<const NamedTensor> tensors, const std::string& name) {
  const auto values = tensorNamed(tensors, name).doubles();
  return {values.begin(), values.end()};
}

}  // namespace

std::vector<NamedTensor> Reduction::tensors(const std::string& prefix) const {
  const std::vector<int64_t> shape = {m_config.standardise ? 1 : 0, m_config.pca, static_cast<int64_t>(m_inputs)};
  return {NamedTensor::of(prefix + "config", std::span(shape)),
          NamedTensor::of(prefix + "mean", std::span<const double>(m_mean)),
          NamedTensor::of(prefix + "scale", std::span<const double>(m_scale)),
          NamedTensor::of(prefix + "constant", std::span<const uint32_t>(m_constant)),
          NamedTensor::of(prefix + "components", m_components.view()),
          NamedTensor::of(prefix + "explained", std::span<const double>(m_explained))};
}

Reduction Reduction::fromTensors(std::span<const NamedTensor> tensors, const std::string& prefix) {
  const auto config = tensorNamed(tensors, prefix + "config").int64s();
  requireCount(prefix + "config", config.size(), 3);
  if (config[0] < 0 || config[0] > 1 || config[1] < 0 || config[1] > 100000 || config[2] < 0)
    failTensor(prefix + "config", "its values are impossible");
  Reduction reduction;
  reduction.m_config = {.standardise = config[0] == 1, .pca = static_cast<int>(config[1])};
  reduction.m_inputs = static_cast<size_t>(config[2]);
  reduction.m_mean = doublesOf(tensors, prefix + "mean");
  reduction.m_scale = doublesOf(tensors, prefix + "scale");
  reduction.m_explained = doublesOf(tensors, prefix + "explained");
  const auto constant = tensorNamed(tensors, prefix + "constant").uint32s();
  reduction.m_constant.assign(constant.begin(), constant.end());

  const bool isIdentity = !reduction.m_config.standardise && reduction.m_config.pca == 0;
  requireCount(prefix + "mean", reduction.m_mean.size(), isIdentity ? 0 : reduction.m_inputs);
  requireCount(prefix + "scale", reduction.m_scale.size(), reduction.m_mean.size());
  const auto components = tensorNamed(tensors, prefix + "components").matrix();
  const auto count = static_cast<size_t>(reduction.m_config.pca);
  if (components.rows() != count || (count > 0 && components.cols() != reduction.m_inputs))
    failTensor(prefix + "components", "it is " + thousands(components.rows()) + " x " + thousands(components.cols()) +
                                          ", not " + thousands(count) + " x " + thousands(reduction.m_inputs));
  requireCount(prefix + "explained", reduction.m_explained.size(), count);
  if (count > 0)
    reduction.m_components =
        Matrix<float>(count, reduction.m_inputs,
                      std::vector<float>(components.data(), components.data() + count * components.cols()));
  return reduction;
}

}  // namespace corticast
