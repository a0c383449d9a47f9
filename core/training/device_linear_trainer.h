#pragma once
#include <memory>

#include "core/training/prepare.h"
#include "core/training/trainer.h"

namespace corticast {

/// What LinearTrainer computes, on a CUDA device: all columns that still train as one product per minibatch, responses
/// and weights held on the device. Losses and weights are those of LinearTrainer to rounding; on the same device and
/// library, a resumed training is bit-identical to an undisturbed one. It runs on the CPU as well, slower than
/// LinearTrainer, which is how it is tested where there is no device.
class DeviceLinearTrainer final : public Trainer {
 public:
  /// Throws Error as LinearTrainer does, and when the device has too little memory.
  DeviceLinearTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options);
  ~DeviceLinearTrainer() override;

  [[nodiscard]] const std::vector<TargetGroup>& groups() const override;
  [[nodiscard]] bool isFinished() const override;
  [[nodiscard]] int epoch() const override;
  [[nodiscard]] EpochResult runEpoch(std::stop_token stop) override;
  [[nodiscard]] TrainerState save() const override;
  void restore(const TrainerState& state) override;
  [[nodiscard]] Matrix<float> predict(size_t group, MatrixView<const float> features) const override;
  [[nodiscard]] std::vector<NamedTensor> bestModel(size_t group) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace corticast
