#include "core/training/device_linear_trainer.h"
#include "core/training/linear_trainer.h"
#include "core/training/prepare.h"
#include "core/training/ridge_solver.h"

namespace corticast {

std::unique_ptr<Trainer> makeTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options) {
  const bool isClosedForm = !groups.empty() && groups.front().settings.solver != "adamw";
  if (isClosedForm) return std::make_unique<RidgeSolver>(std::move(data), std::move(groups), std::move(options));
  // The device's trainer knows no rows of several subjects.
  if (options.device.kind == DeviceKind::Cuda && data.rowSubject.empty())
    return std::make_unique<DeviceLinearTrainer>(std::move(data), std::move(groups), std::move(options));
  return std::make_unique<LinearTrainer>(std::move(data), std::move(groups), std::move(options));
}

}  // namespace corticast
