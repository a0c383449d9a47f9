#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/training/target_group.h"

namespace corticast {

/// What a training has to work on; images of all its subjects.
struct CohortSize {
  uint64_t trainingImages = 0;
  uint64_t validationImages = 0;
  uint64_t testImages = 0;
  uint64_t features = 0;                 ///< after reduction
  uint64_t folds = 1;                    ///< trainings of this size, one after another (data/split.h, foldsOf)
  std::vector<int64_t> imageShape = {};  ///< of one picture, {C, H, W} for a map; empty: {features}
  uint64_t storedFeatures = 0;           ///< before reduction; 0: as many
};
/// Pictures of the group's subjects, split as the plan says; `features` is left at 0. Throws Error as makeSplit.
[[nodiscard]] CohortSize cohortSize(const Plan& plan, const Study& study, const TargetGroup& group);
/// Fills in what models see of a picture: an embedding of this shape, {D} or {C, H, W}, of which `components` principal
/// components are taken when above 0.
void setFeatures(CohortSize& size, std::span<const size_t> shape, int components);

/// What this machine can do.
struct Machine {
  unsigned threads = 1;
  double flopsPerSecond = 0;     ///< float32 matrix products, all threads together
  uint64_t freeMemoryBytes = 0;  ///< what the system can give without swapping
};
/// Looks at the machine and times a small product (about 0.1 s).
[[nodiscard]] Machine measureMachine(unsigned threads = 0);

/// What a plan would take. Estimates: memory at the peak is right to a factor of 1.5, time to one of about two.
struct PlanCost {
  uint64_t models = 0;  ///< of every fold
  uint64_t skipped = 0;
  uint64_t targets = 0;        ///< vertices, counted once per model
  uint64_t weights = 0;        ///< trainable numbers of all models
  uint64_t memoryBytes = 0;    ///< at the peak; cohorts are trained one after another
  uint64_t diskBytes = 0;      ///< of the finished run folder, at most
  double secondsPerEpoch = 0;  ///< while every group trains; closed forms: of the whole solution
  double secondsAtMost = 0;    ///< when nothing stops early
  std::string refusal;         ///< why it cannot run here; empty when it can
};
/// `sizeOf` tells for each group what its cohort works on.
[[nodiscard]] PlanCost planCost(const TargetGroups& cut, const std::function<CohortSize(const TargetGroup&)>& sizeOf,
                                const Machine& machine);

}  // namespace corticast
