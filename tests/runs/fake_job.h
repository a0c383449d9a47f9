#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/runs/run_job.h"

namespace corticast::testing {

/// How the small stand-in for a real training behaves.
struct FakePlan {
  size_t cohorts = 2;
  size_t groups = 2;   ///< per cohort
  size_t columns = 8;  ///< per group
  int epochs = 12;
  uint64_t seed = 3;
  std::chrono::milliseconds epochTime{0};
  bool savesMoments = true;       ///< false: a checkpoint that forgets part of the state
  int failsInEpoch = 0;           ///< throws Error in this epoch of the first cohort; 0: never
  bool divergesInEpoch2 = false;  ///< group 0 of each cohort
  std::string dataHash = "a";
};

/// A job whose trainer takes momentum steps on noisy quadratics: what it computes depends on everything it should
/// save. No torch, no files.
[[nodiscard]] std::unique_ptr<RunJob> fakeJob(const FakePlan& plan);

/// A factory for `work`.
[[nodiscard]] MakeJob fakeJobs(const FakePlan& plan);

}  // namespace corticast::testing
