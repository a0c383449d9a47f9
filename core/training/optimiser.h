#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

struct GroupSettings;
struct OptimiserStep;

/// A way to follow the gradient, minibatch by minibatch; the choices of the setting `solver` that are no closed form.
struct Optimiser {
  std::string id;  ///< "adamw"
  std::string label;
  std::string help;
  std::vector<std::string> moments;  ///< what it remembers of each parameter, as checkpoints call it
  void (*step)(const GroupSettings& settings, OptimiserStep& step);  ///< internal/optimiser_step.h
};

/// adamw (the default and the paper's), adam, sgd. Formulas as torch.optim's AdamW, Adam (weight decay added to the
/// gradient) and SGD (momentum without dampening, weight decay added to the gradient).
[[nodiscard]] std::span<const Optimiser> optimisers();
/// Throws Error naming the known ids.
[[nodiscard]] const Optimiser& optimiser(std::string_view id);

}  // namespace corticast
