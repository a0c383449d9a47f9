#include "core/features/internal/alexnet.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include <algorithm>
#include <functional>

namespace corticast {
namespace {

constexpr const char* kBaseline[] = {"features.2",  "features.5",   "features.7",   "features.9",
                                     "features.12", "classifier.2", "classifier.5", "classifier.6"};

struct ConvolutionShape {
  int64_t kernel, stride, padding;
  bool isPooled;
};
constexpr ConvolutionShape kConvolutions[] = {
    {11, 4, 2, true}, {5, 1, 2, true}, {3, 1, 1, false}, {3, 1, 1, false}, {3, 1, 1, true}};

/// Keeps what is asked for of the activities that pass.
class Collector {
 public:
  explicit Collector(const std::string& layer) {
    if (layer == "baseline")
      m_wanted.assign(std::begin(kBaseline), std::end(kBaseline));
    else
      m_wanted = {layer};
  }

  /// True when all is there.
  bool pass(const std::string& name, const at::Tensor& activity) {
    if (std::ranges::find(m_wanted, name) != m_wanted.end()) m_kept.push_back(activity);
    return m_kept.size() == m_wanted.size();
  }

  [[nodiscard]] at::Tensor result() const {
    if (m_wanted.size() == 1) return m_kept.front();
    std::vector<at::Tensor> flat;
    for (const at::Tensor& each : m_kept) flat.push_back(each.flatten(1));
    return at::cat(flat, 1);
  }

 private:
  std::vector<std::string> m_wanted;
  std::vector<at::Tensor> m_kept;
};

}  // namespace

AlexNet::AlexNet(const AlexNetConfig& config, Weights& weights) {
  int64_t inputs = 3;
  int index = 0;
  for (size_t i = 0; i < config.channels.size(); ++i) {
    const std::string name = "features." + std::to_string(index);
    const int64_t kernel = kConvolutions[i].kernel;
    at::Tensor weight = weights.take(name + ".weight", {config.channels[i], inputs, kernel, kernel});
    m_convolutions.push_back({std::move(weight), weights.take(name + ".bias", {config.channels[i]})});
    inputs = config.channels[i];
    index += kConvolutions[i].isPooled ? 3 : 2;
  }
  m_classifier.push_back(Linear::take(weights, "classifier.1", inputs * 36, config.hidden));
  m_classifier.push_back(Linear::take(weights, "classifier.4", config.hidden, config.hidden));
  m_classifier.push_back(Linear::take(weights, "classifier.6", config.hidden, config.classes));
}

at::Tensor AlexNet::activity(const at::Tensor& pixels, const std::string& layer) const {
  Collector collector(layer);
  at::Tensor x = pixels;
  int index = 0;
  const auto passes = [&](const char* part, at::Tensor next) {
    x = std::move(next);
    return collector.pass(part + std::to_string(index++), x);
  };
  for (size_t i = 0; i < m_convolutions.size(); ++i) {
    const auto& [kernel, stride, padding, isPooled] = kConvolutions[i];
    const auto& [weight, bias] = m_convolutions[i];
    if (passes("features.", at::conv2d(x, weight, bias, stride, padding))) return collector.result();
    if (passes("features.", at::relu_(x))) return collector.result();
    if (isPooled && passes("features.", at::max_pool2d(x, 3, 2))) return collector.result();
  }
  x = at::adaptive_avg_pool2d(x, {6, 6}).flatten(1);
  index = 1;
  for (const Linear& linear : m_classifier) {
    if (passes("classifier.", linear(x))) return collector.result();
    if (passes("classifier.", at::relu_(x))) return collector.result();
    if (index == 3) ++index;  // a dropout
  }
  return collector.result();
}

}  // namespace corticast
