#include "core/models/plain_positional.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/dropout.h>
#include <torch/optim/adamw.h>

#include "core/models/internal/positional_config.h"

namespace corticast {

struct PlainPositional::Impl : torch::nn::Module {
  explicit Impl(const Size& size) : threads(size.threads) {
    const PositionalConfig config;
    positions = at::rand({3 * config.encodingWidth, size.vertices});
    images = at::randn({size.pictures, size.features});
    responses = at::randn({size.pictures, size.vertices});
    int64_t inputs = size.features;
    for (const int64_t outputs : config.outputs({.imageShape = {size.features}, .positions = {}})) {
      const std::string number = std::to_string(convs.size());
      convs.push_back(register_module("conv" + number, torch::nn::Conv1d(torch::nn::Conv1dOptions(
                                                           inputs + positions.size(0), outputs, /*kernel_size=*/1))));
      norms.push_back(register_module("norm" + number, torch::nn::BatchNorm1d(outputs)));
      inputs = outputs;
    }
    dropout = register_module("dropout", torch::nn::Dropout(config.dropout));
    optimiser = std::make_unique<torch::optim::AdamW>(parameters(), torch::optim::AdamWOptions(7.5e-6));
  }

  at::Tensor forward() {
    const at::Tensor p = positions.expand({images.size(0), -1, -1});
    at::Tensor h = images.unsqueeze(2).expand({-1, -1, positions.size(1)});
    for (size_t i = 0; i < convs.size(); ++i) {
      h = convs[i]->forward(at::cat({h, p}, 1));
      if (i + 1 == convs.size()) break;
      h = at::leaky_relu(norms[i]->forward(h), 0.01);
      if (i % 2 == 1) h = dropout->forward(h);
    }
    return h.squeeze(1);
  }

  int threads;
  at::Tensor positions, images, responses;
  std::vector<torch::nn::Conv1d> convs;
  std::vector<torch::nn::BatchNorm1d> norms;
  torch::nn::Dropout dropout{nullptr};
  std::unique_ptr<torch::optim::AdamW> optimiser;
};

PlainPositional::PlainPositional(const Size& size) : m_impl(std::make_unique<Impl>(size)) {}
PlainPositional::~PlainPositional() = default;

double PlainPositional::step() {
  at::set_num_threads(m_impl->threads);
  m_impl->optimiser->zero_grad();
  const at::Tensor loss = at::mse_loss(m_impl->forward(), m_impl->responses);
  loss.backward();
  m_impl->optimiser->step();
  return loss.item<double>();
}

}  // namespace corticast
