#include "core/models/internal/norm_activation.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/models/internal/norm_kernels.h"

namespace corticast {
namespace {

constexpr double kEpsilon = 1e-5;
constexpr double kMomentum = 0.1;
constexpr int64_t kFewValues = 32768;  // as torch's own element-wise operations

/// On torch's threads, unless so few values are worked on that starting them would take longer.
kernels::Parallel inParallel(const at::Tensor& r, const at::Tensor& q) {
  const int64_t values = r.size(0) * q.numel();
  return [values](size_t tasks, const std::function<void(size_t)>& work) {
    const auto count = static_cast<int64_t>(tasks);
    at::parallel_for(0, count, values < kFewValues ? count : 1, [&](int64_t first, int64_t last) {
      for (int64_t task = first; task < last; ++task) work(static_cast<size_t>(task));
    });
  };
}

template <typename T>
kernels::NormInput<T> inputOf(const at::Tensor& r, const at::Tensor& q) {
  return {.r = r.const_data_ptr<T>(),
          .q = q.const_data_ptr<T>(),
          .images = static_cast<size_t>(r.size(0)),
          .vertices = static_cast<size_t>(q.size(0)),
          .channels = static_cast<size_t>(q.size(1)),
          .isShared = r.size(1) == 1};
}

at::Tensor fromDoubles(const std::vector<double>& values, const at::Tensor& like) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, at::kDouble);
  std::ranges::copy(values, tensor.data_ptr<double>());
  return tensor.to(like.scalar_type());
}

std::vector<double> toDoubles(const at::Tensor& tensor) {
  const at::Tensor wide = tensor.detach().to(at::kDouble).contiguous();
  return {wide.const_data_ptr<double>(), wide.const_data_ptr<double>() + wide.numel()};
}

/// weight / sd and bias - mean weight / sd, as the kernels want them.
struct ScaleShift {
  ScaleShift(const kernels::Moments& moments, const at::Tensor& weight, const at::Tensor& bias) {
    std::vector<double> s = toDoubles(weight), t = toDoubles(bias);
    for (size_t c = 0; c < s.size(); ++c) {
      s[c] /= std::sqrt(moments.variance[c] + kEpsilon);
      t[c] -= moments.mean[c] * s[c];
    }
    scale = fromDoubles(s, weight);
    shift = fromDoubles(t, weight);
  }
  at::Tensor scale, shift;
};

template <typename T>
kernels::NormOutput<T> outputOf(const ScaleShift& values, double slope, const at::Tensor& mask, double keepScale) {
  return {.scale = values.scale.const_data_ptr<T>(),
          .shift = values.shift.const_data_ptr<T>(),
          .slope = static_cast<T>(slope),
          .mask = mask.defined() ? mask.const_data_ptr<uint8_t>() : nullptr,
          .keepScale = static_cast<T>(keepScale)};
}

/// Moments are those of r + q, computed before: their part of the gradient is in `backward`.
struct OnePass : torch::autograd::Function<OnePass> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& r, const at::Tensor& q,
                            const at::Tensor& weight, const at::Tensor& bias, const std::optional<at::Tensor>& kept,
                            const at::Tensor& mean, const at::Tensor& variance, double slope, double keepScale) {
    const at::Tensor mask = kept.value_or(at::Tensor());
    context->save_for_backward({r, q, weight, bias, mask, mean, variance});
    context->saved_data["slope"] = slope;
    context->saved_data["keepScale"] = keepScale;
    at::Tensor x = at::empty({r.size(0), q.size(0), q.size(1)}, r.options());
    const ScaleShift values({toDoubles(mean), toDoubles(variance)}, weight, bias);
    AT_DISPATCH_FLOATING_TYPES(r.scalar_type(), "activate", [&] {
      kernels::activate(inputOf<scalar_t>(r, q), outputOf<scalar_t>(values, slope, mask, keepScale),
                        x.mutable_data_ptr<scalar_t>(), inParallel(r, q));
    });
    return x;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &r = saved[0], &q = saved[1], &weight = saved[2], &bias = saved[3], &mask = saved[4];
    const kernels::Moments moments{toDoubles(saved[5]), toDoubles(saved[6])};
    const ScaleShift values(moments, weight, bias);
    const at::Tensor gx = gradients[0].contiguous();
    const at::Tensor gr = at::empty_like(r), gq = at::empty_like(q);
    at::Tensor gWeight, gBias;
    AT_DISPATCH_FLOATING_TYPES(r.scalar_type(), "gradient", [&] {
      kernels::NormGradient<scalar_t> result{
          .r = gr.mutable_data_ptr<scalar_t>(), .q = gq.mutable_data_ptr<scalar_t>(), .weight = {}, .bias = {}};
      const auto output = outputOf<scalar_t>(values, context->saved_data["slope"].toDouble(), mask,
                                             context->saved_data["keepScale"].toDouble());
      kernels::gradient(inputOf<scalar_t>(r, q), output, moments, kEpsilon, gx.const_data_ptr<scalar_t>(), result,
                        inParallel(r, q));
      gWeight = fromDoubles(result.weight, weight);
      gBias = fromDoubles(result.bias, bias);
    });
    return {gr, gq, gWeight, gBias, {}, {}, {}, {}, {}};
  }
};

}  // namespace

NormActivation::NormActivation(int64_t channels, double slope, double dropout)
    : m_weight(register_parameter("weight", at::ones({channels}))),
      m_bias(register_parameter("bias", at::zeros({channels}))),
      m_mean(register_buffer("running_mean", at::zeros({channels}))),
      m_variance(register_buffer("running_var", at::ones({channels}))),
      m_batches(register_buffer("num_batches_tracked", at::zeros({}, at::kLong))),
      m_slope(slope),
      m_dropout(dropout) {}

at::Tensor NormActivation::forward(const at::Tensor& r, const at::Tensor& q, const at::Generator& generator) {
  at::Tensor mask;
  if (is_training() && m_dropout > 0) {
    mask = at::empty({r.size(0), q.size(0), q.size(1)}, r.options().dtype(at::kByte));
    mask.bernoulli_(1 - m_dropout, generator);
  }
  return is_training() && r.is_cpu() ? inOnePass(r, q, mask) : byOperations(r, q, mask);
}

at::Tensor NormActivation::byOperations(const at::Tensor& r, const at::Tensor& q, const at::Tensor& mask) {
  if (is_training()) m_batches.add_(1);
  const at::Tensor z = r + q;
  const at::Tensor y =
      at::batch_norm(z.flatten(0, 1), m_weight, m_bias, m_mean, m_variance, is_training(), kMomentum, kEpsilon,
                     /*cudnn_enabled=*/true);
  const at::Tensor x = at::leaky_relu(y, m_slope).view_as(z);
  return mask.defined() ? x * (mask.to(x.scalar_type()) / (1 - m_dropout)) : x;
}

at::Tensor NormActivation::inOnePass(const at::Tensor& r, const at::Tensor& q, const at::Tensor& mask) {
  const at::Tensor rows = r.contiguous(), columns = q.contiguous();
  kernels::Moments moments;
  {
    const at::NoGradGuard guard;
    AT_DISPATCH_FLOATING_TYPES(rows.scalar_type(), "moments", [&] {
      moments = kernels::moments(inputOf<scalar_t>(rows, columns), inParallel(rows, columns));
    });
    const auto count = static_cast<double>(rows.size(0) * columns.size(0));
    m_batches.add_(1);
    m_mean.lerp_(fromDoubles(moments.mean, m_mean), kMomentum);
    m_variance.lerp_(fromDoubles(moments.variance, m_variance) * (count / std::max(count - 1, 1.0)), kMomentum);
  }
  const auto kept = at::TensorOptions().dtype(at::kDouble);
  const at::Tensor mean = fromDoubles(moments.mean, at::empty({0}, kept));
  const at::Tensor variance = fromDoubles(moments.variance, at::empty({0}, kept));
  // An undefined tensor would not pass.
  const auto given = mask.defined() ? std::optional(mask) : std::nullopt;
  return OnePass::apply(rows, columns, m_weight, m_bias, given, mean, variance, m_slope, 1 / (1 - m_dropout));
}

}  // namespace corticast
