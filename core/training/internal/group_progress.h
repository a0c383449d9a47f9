#pragma once
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/training/trainer.h"

namespace corticast {

/// What an epoch measured on one group.
struct GroupMeasure {
  double trainLoss = 0;
  bool hasValidation = true;  ///< without a validation split every epoch counts as the best so far
  double validationLoss = 0;  ///< NaN without one
  double meanCorrelation = 0;
  double firstStepLoss = 0;  ///< loss of the epoch's first minibatch
  double worstStepLoss = 0;  ///< largest loss of a minibatch; NaN or infinite if any was
  int worstStep = 0;         ///< 1-based, of that loss

  /// Takes in a minibatch's loss (`step` from 1, in order): adds it to trainLoss, which is then to be divided by the
  /// number of steps.
  void addStep(int step, double loss);
};

/// The course of one group's training: states, early stopping, divergence. Shared by every trainer that runs epochs,
/// so that they stop alike.
///
/// The best epoch is the one with the least validation loss (the first of equals). An epoch counts as improvement for
/// the patience when its validation loss is below the best counted one by more than minDelta. A group fails when a
/// loss is NaN, infinite, or more than kExplosion times its very first minibatch loss.
class GroupProgress {
 public:
  static constexpr double kExplosion = 1e4;

  explicit GroupProgress(const GroupSettings& settings);

  /// Takes in an epoch (1-based) of a group that was training. Returns whether it is the best so far.
  bool add(int epoch, const GroupMeasure& measure);

  /// The result of a closed form, its first and only epoch.
  void finish(const GroupMeasure& measure);

  [[nodiscard]] bool isTraining() const { return m_last.state == GroupState::Training; }
  [[nodiscard]] const GroupEpoch& last() const { return m_last; }

  [[nodiscard]] Json toJson() const;
  /// Throws Error when a key is missing.
  void restore(const Json& json);

 private:
  [[nodiscard]] std::string whyFailed(int epoch, const GroupMeasure& measure) const;

  GroupSettings m_settings;
  GroupEpoch m_last;
  double m_firstLoss = 0;  ///< of the very first minibatch; 0 before it
  double m_best;           ///< least validation loss
  double m_bestCounted;    ///< the one that patience compares with
  int m_epochsWithout = 0;
};

}  // namespace corticast
