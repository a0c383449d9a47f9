#include "core/training/optimiser.h"

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/full.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/training/group_settings.h"
#include "core/training/internal/optimiser_step.h"

namespace corticast {
namespace {

std::vector<at::Tensor> timesOf(const OptimiserStep& step) {
  const at::Tensor time =
      at::full({}, static_cast<double>(step.time), step.parameters.front().options().dtype(at::kFloat));
  return std::vector<at::Tensor>(step.parameters.size(), time);
}

void adamw(const GroupSettings& s, OptimiserStep& step) {
  at::_fused_adamw_(step.parameters, step.gradients, step.moments[0], step.moments[1], {}, timesOf(step),
                    step.learningRate, s.beta1, s.beta2, s.weightDecay, s.epsilon, /*amsgrad=*/false,
                    /*maximize=*/false);
}

void adam(const GroupSettings& s, OptimiserStep& step) {
  at::_fused_adam_(step.parameters, step.gradients, step.moments[0], step.moments[1], {}, timesOf(step),
                   step.learningRate, s.beta1, s.beta2, s.weightDecay, s.epsilon, /*amsgrad=*/false,
                   /*maximize=*/false);
}

// torch.optim.SGD starts the velocity at the first gradient, which is momentum * 0 + gradient.
void sgd(const GroupSettings& s, OptimiserStep& step) {
  for (size_t i = 0; i < step.parameters.size(); ++i) {
    const at::Tensor gradient = step.gradients[i].add(step.parameters[i], s.weightDecay);
    step.moments[0][i].mul_(s.momentum).add_(gradient);
    step.parameters[i].sub_(step.moments[0][i], step.learningRate);
  }
}

}  // namespace

std::span<const Optimiser> optimisers() {
  static const std::vector<Optimiser> all = {
      {"adamw",
       "AdamW",
       "Minibatch descent with step sizes per weight and decoupled weight decay.",
       {"moment1", "moment2"},
       adamw},
      {"adam", "Adam", "As AdamW, but weight decay is part of the gradient.", {"moment1", "moment2"}, adam},
      {"sgd", "SGD with momentum", "Minibatch descent, one step size for all weights.", {"velocity"}, sgd},
  };
  return all;
}

const Optimiser& optimiser(std::string_view id) {
  const auto all = optimisers();
  if (const auto found = std::ranges::find(all, id, &Optimiser::id); found != all.end()) return *found;
  std::vector<std::string> ids;
  for (const Optimiser& each : all) ids.push_back(each.id);
  throw Error({.what = "choose an optimiser",
               .where = std::string(id),
               .why = "there is none with this name",
               .remedy = "known ones are " + join(ids, ", ")});
}

}  // namespace corticast
