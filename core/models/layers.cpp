#include "core/models/internal/layers.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "core/base/error.h"

namespace corticast {

LinearLayer::LinearLayer(int64_t inputs, int64_t outputs)
    : m_weight(register_parameter("weight", at::zeros({outputs, inputs}))),
      m_bias(register_parameter("bias", at::zeros({outputs}))) {}

at::Tensor LinearLayer::forward(const at::Tensor& x) const {
  return at::linear(x, m_weight, m_bias);
}

AnswerLayer::AnswerLayer(const NetworkInput& input, const std::string& model) {
  const auto vertices = static_cast<int64_t>(input.positions.rows());
  const auto isAnswer = [&](int64_t answer) { return answer >= 0 && answer < vertices * input.heads; };
  const int64_t targets = input.heads == 1 ? vertices : static_cast<int64_t>(input.answers.size());
  if (vertices == 0 || input.targets != targets || !std::ranges::all_of(input.answers, isAnswer))
    throw Error({.what = "build a model of vertices",
                 .where = model,
                 .why = std::to_string(input.targets) + " targets, but positions of " + std::to_string(vertices) +
                        " vertices with " + std::to_string(input.heads) + " answers each, of which " +
                        std::to_string(targets) + " are chosen",
                 .remedy = "give the position of every vertex that is predicted, and an answer for every target"});
  if (input.heads == 1) return;
  m_answers = register_buffer("answers", at::empty({targets}, at::kLong));
  std::ranges::copy(input.answers, m_answers.data_ptr<int64_t>());
}

at::Tensor AnswerLayer::forward(const at::Tensor& h) const {
  // Module::to(dtype) turns the buffer into floating point as well.
  return m_answers.defined() ? h.flatten(1).index_select(1, m_answers.to(at::kLong)) : h.squeeze(2);
}

BatchNormLayer::BatchNormLayer(int64_t channels)
    : m_weight(register_parameter("weight", at::ones({channels}))),
      m_bias(register_parameter("bias", at::zeros({channels}))),
      m_mean(register_buffer("running_mean", at::zeros({channels}))),
      m_variance(register_buffer("running_var", at::ones({channels}))),
      m_batches(register_buffer("num_batches_tracked", at::zeros({}, at::kLong))) {}

at::Tensor BatchNormLayer::forward(const at::Tensor& x) {
  constexpr double kMomentum = 0.1, kEpsilon = 1e-5;
  if (is_training()) m_batches.add_(1);
  return at::batch_norm(x, m_weight, m_bias, m_mean, m_variance, is_training(), kMomentum, kEpsilon,
                        /*cudnn_enabled=*/true);
}

}  // namespace corticast
