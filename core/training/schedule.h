#pragma once
#include <span>
#include <string>

namespace corticast {

struct GroupSettings;

/// How the learning rate falls over the epochs that follow the warm-up. Schedules change between epochs only, so every
/// trainer has all of them.
struct Schedule {
  std::string id;  ///< "step"
  std::string label;
  std::string help;
  /// Share of the learning rate in an epoch: `index` from 0 after the warm-up, of `count` in all.
  double (*share)(const GroupSettings& settings, int index, int count);
};

/// step, exponential, cosine, one-cycle, constant: the first is the default. Formulas as torch.optim.lr_scheduler's
/// StepLR, ExponentialLR, CosineAnnealingLR (T_max the epochs after the warm-up) and OneCycleLR (cosine, total_steps
/// those epochs), each stepped once after an epoch.
[[nodiscard]] std::span<const Schedule> schedules();

/// Learning rate of an epoch (1-based). In the warm-up of W epochs, learningRate * epoch / (W + 1); after it,
/// learningRate * share, of which the default is decayFactor ^ floor((epoch - W - 1) / decayEvery).
[[nodiscard]] double learningRateAt(const GroupSettings& settings, int epoch);

}  // namespace corticast
