#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/formats/safetensors.h"
#include "core/training/target_group.h"
#include "core/training/vertex_positions.h"

namespace corticast {

/// The model of a target group after its training, of any architecture and by any trainer: predicts on the CPU as the
/// trainer did, without responses, split or optimiser.
///
///     TrainedModel model(group, {.imageShape = {512}, .tensors = tensors, .prefix = group.id + "/"});
///     Matrix<float> predicted = model.predict(features);
class TrainedModel {
 public:
  struct Parts {
    std::vector<size_t> imageShape;        ///< of one picture's features, reduced
    VertexPositions positions = {};        ///< where the architecture asks for them (positionsOf)
    std::span<const NamedTensor> tensors;  ///< with those of Trainer::bestModel among them
    std::string prefix = {};               ///< before the names of bestModel
  };
  /// Throws Error when a tensor is missing or the model is not one for this group and shape.
  TrainedModel(const TargetGroup& group, Parts parts);
  ~TrainedModel();
  TrainedModel(TrainedModel&&) noexcept;
  TrainedModel& operator=(TrainedModel&&) noexcept;

  /// As Trainer::predict: [pictures x features], reduced, to [pictures x the group's outputs]. One thread at a time.
  [[nodiscard]] Matrix<float> predict(MatrixView<const float> features) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace corticast
