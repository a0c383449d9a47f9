#pragma once
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/matrix.h"
#include "core/formats/safetensors.h"
#include "core/training/target_group.h"

namespace corticast {

enum class GroupState {
  Training,
  Stopped,   ///< early, by patience
  Finished,  ///< all its epochs are done
  Failed,    ///< its loss became NaN, infinite or exploded; the best epoch before that is kept
};
[[nodiscard]] std::string toString(GroupState state);
[[nodiscard]] GroupState groupStateFrom(const std::string& text);

/// One target group after an epoch. A group that no longer trains repeats its last values.
struct GroupEpoch {
  double trainLoss = 0;        ///< mean of the epoch's minibatch losses, each taken before its step
  double validationLoss = 0;   ///< the plan's loss (MSE) over the validation split after the epoch; NaN without one
  double learningRate = 0;     ///< of this epoch; 0 for a closed form
  double meanCorrelation = 0;  ///< over the group's columns where it is defined; NaN if nowhere
  GroupState state = GroupState::Training;
  int bestEpoch = 0;   ///< with the least validation loss; 0: none yet (predictions are those of the first weights)
  std::string reason;  ///< why it stopped or failed, for a person
};

struct EpochResult {
  int epoch = 0;  ///< 1-based
  std::vector<GroupEpoch> groups;
  /// Pearson r on the validation split per target column, groups one after another; NaN where undefined.
  std::vector<float> correlation;
};

/// All that is needed to go on exactly where it was saved: restored on the same CPU type, build and thread count, the
/// rest of the training is bit-identical to one that was never interrupted.
struct TrainerState {
  std::vector<NamedTensor> tensors;
  Json scalars;
};

/// Trains the groups of a cohort together, epoch by epoch. One thread at a time.
///
///     auto trainer = makeTrainer(data, groups, {.threads = 2, .seed = 1});
///     while (!trainer->isFinished()) { EpochResult result = trainer->runEpoch(stop); ... }
///     Matrix<float> predicted = trainer->predict(0, features);
class Trainer {
 public:
  virtual ~Trainer() = default;

  [[nodiscard]] virtual const std::vector<TargetGroup>& groups() const = 0;
  /// No group is training any more.
  [[nodiscard]] virtual bool isFinished() const = 0;
  /// Epochs done.
  [[nodiscard]] virtual int epoch() const = 0;

  /// Runs one epoch of every group that still trains. Throws Cancelled within 200 ms of a stop request; the epoch is
  /// then half done, so the trainer must be restored from a saved state (or dropped) before anything else.
  [[nodiscard]] virtual EpochResult runEpoch(std::stop_token stop) = 0;

  /// State between epochs.
  [[nodiscard]] virtual TrainerState save() const = 0;
  /// Throws Error when the state is of other groups or shapes.
  virtual void restore(const TrainerState& state) = 0;

  /// Predictions [images x the group's columns] of the best epoch's weights. `features` are [images x features],
  /// reduced as the training features were.
  [[nodiscard]] virtual Matrix<float> predict(size_t group, MatrixView<const float> features) const = 0;
  /// The best epoch's weights; of a linear model `weight` [targets x features] and `bias` [targets], float32.
  [[nodiscard]] virtual std::vector<NamedTensor> bestModel(size_t group) const = 0;
  /// What a person should know of the best epoch's model beyond losses and correlations, for the log; "" for nothing.
  [[nodiscard]] virtual std::string remark(size_t) const { return {}; }
};

}  // namespace corticast
