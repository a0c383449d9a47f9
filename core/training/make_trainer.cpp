#include <algorithm>
#include <type_traits>

#include "core/training/device_linear_trainer.h"
#include "core/training/linear_trainer.h"
#include "core/training/network_trainer.h"
#include "core/training/position_check.h"
#include "core/training/prepare.h"
#include "core/training/ridge_solver.h"
#include "core/training/trainer_device.h"

namespace corticast {

std::unique_ptr<Trainer> makeTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options) {
  options.device = trainerDevice(groups, options.device);
  const TrainerKind kind = groups.empty() ? TrainerKind::Linear : trainerKindOf(groups.front().settings);
  const auto make = [&]<typename Kind>(std::type_identity<Kind>) -> std::unique_ptr<Trainer> {
    return std::make_unique<Kind>(std::move(data), std::move(groups), std::move(options));
  };
  if (kind == TrainerKind::ClosedForm) return make(std::type_identity<RidgeSolver>());
  const auto isCheck = [](const TargetGroup& group) { return PositionCheckTrainer::isMeant(group.settings); };
  if (std::ranges::any_of(groups, isCheck)) return make(std::type_identity<PositionCheckTrainer>());
  if (kind == TrainerKind::Network) return make(std::type_identity<NetworkTrainer>());
  if (options.device.kind == DeviceKind::Cuda) return make(std::type_identity<DeviceLinearTrainer>());
  return make(std::type_identity<LinearTrainer>());
}

}  // namespace corticast
