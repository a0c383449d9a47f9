#pragma once
#include <memory>

#include "core/training/prepare.h"
#include "core/training/trainer.h"

namespace corticast {

/// Any architecture by minibatch descent, one network per target group, with LibTorch's automatic differentiation, on
/// the CPU or a CUDA device.
///
/// Groups never interact: each has its weights, optimiser, schedule, early stopping and best weights (parameters and
/// buffers). All see the pictures of an epoch in the same order, cut into minibatches of their own batch size; first
/// weights and that order are pure functions of the plan's seed and the group's id, and dropout draws from a generator
/// of the group's own whose state is part of a checkpoint.
///
/// On the CPU groups run side by side, one per thread, with operations of one thread each, so the result does not
/// depend on the number of threads. Where there are fewer groups than threads, each operation gets threads / groups of
/// them; sums then depend on that number, which is saved, and a training goes on with it wherever it is restored. So:
/// bit-identical after save and restore on the same type of CPU, and for any number of threads up to that of the
/// groups. On CUDA groups run one after another; results agree to rounding.
///
/// The loss of a minibatch is the plan's (loss.h), a missing response (NaN) no part of it; the validation loss is the
/// same over all validation pictures at once, in evaluation mode. Linear models give the numbers of LinearTrainer, to
/// rounding. The stop token is looked at before every minibatch.
class NetworkTrainer final : public Trainer {
 public:
  /// Throws Error when features, split, responses and groups do not fit each other, a network cannot be built for them,
  /// or a loss needs a noise ceiling that is not there.
  NetworkTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options);
  ~NetworkTrainer() override;

  [[nodiscard]] const std::vector<TargetGroup>& groups() const override;
  [[nodiscard]] bool isFinished() const override;
  [[nodiscard]] int epoch() const override;
  [[nodiscard]] EpochResult runEpoch(std::stop_token stop) override;
  [[nodiscard]] TrainerState save() const override;
  void restore(const TrainerState& state) override;
  [[nodiscard]] Matrix<float> predict(size_t group, MatrixView<const float> features) const override;
  /// Parameters and buffers by the names that the architecture gives them; of "linear": `weight` and `bias`.
  [[nodiscard]] std::vector<NamedTensor> bestModel(size_t group) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace corticast
