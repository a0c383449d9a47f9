#pragma once
#include <stop_token>
#include <vector>

#include "core/training/prepare.h"

namespace corticast {

/// Range of learning rates to try.
struct LrSearch {
  double lowest = 1e-7;
  double highest = 1;
  int steps = 100;
  double blowUp = 4;  ///< ends early where the smoothed loss is above so many times its least
};

struct LrPoint {
  double learningRate = 0;
  double loss = 0;      ///< of one minibatch, before its step
  double smoothed = 0;  ///< running mean with a memory of about ten minibatches
};

struct LrCurve {
  std::vector<LrPoint> points;  ///< learning rates ascending, even in the logarithm; losses that are finite
  double suggestion = 0;        ///< where the smoothed loss falls fastest per decade before its least; 0: it never fell
};

/// The range test of Smith (2017, arXiv 1506.01186): trains a new model of `group` while the learning rate rises from
/// minibatch to minibatch, with the group's own loss, optimiser, batch size and architecture. Schedule and stopping
/// play no part. `data` is a cohort of this one group. Throws Error, Cancelled.
[[nodiscard]] LrCurve findLearningRate(CohortData data, const TargetGroup& group, const TrainerOptions& options,
                                       const LrSearch& search, std::stop_token stop);

}  // namespace corticast
