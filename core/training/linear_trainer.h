#pragma once
#include <memory>

#include "core/training/prepare.h"
#include "core/training/trainer.h"

namespace corticast {

/// Linear models by minibatch AdamW on the CPU, all groups as one blocked computation.
///
/// Columns of a linear model never interact: given the order of minibatches, a block of columns runs through all
/// minibatches of an epoch on its own while its weights and both AdamW moments stay in cache. Blocks of up to 128
/// columns cross the borders of groups; learning rate, schedule, loss scale, patience and best epoch belong to the
/// group of a column. Threads take blocks from a counter:
///
///     epoch:  permute pictures -> blocks in parallel [ per minibatch: P = X W', residual, G = R'X, AdamW;
///             validation ] -> losses per group -> early stopping
///
/// The loss of a group is the mean over pictures and its columns, as torch.nn.MSELoss on its own model; the result
/// equals separate torch.nn.Linear models with AdamW and StepLR to rounding. The last minibatch may be short
/// (DataLoader's drop_last=False) and counts in the epoch's training loss like a full one.
///
/// Bit-identical for any number of threads, and after save and restore, on the same type of CPU.
class LinearTrainer final : public Trainer {
 public:
  /// Throws Error when features, split, responses and groups do not fit each other, or groups differ in batch size.
  LinearTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options);
  ~LinearTrainer() override;

  [[nodiscard]] const std::vector<TargetGroup>& groups() const override;
  [[nodiscard]] bool isFinished() const override;
  [[nodiscard]] int epoch() const override;
  [[nodiscard]] EpochResult runEpoch(std::stop_token stop) override;
  [[nodiscard]] TrainerState save() const override;
  void restore(const TrainerState& state) override;
  [[nodiscard]] Matrix<float> predict(size_t group, MatrixView<const float> features) const override;
  [[nodiscard]] std::vector<NamedTensor> bestModel(size_t group) const override;

  /// Loss of each minibatch of the last epoch, as it passed, [minibatches x groups]; 0 for groups that did not train.
  [[nodiscard]] const Matrix<double>& stepLosses() const;
  /// The weights as they are now, not the best ones: [targets x features].
  [[nodiscard]] MatrixView<const float> currentWeights(size_t group) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace corticast
