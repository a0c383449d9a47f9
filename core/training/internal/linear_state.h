#pragma once
#include <string>
#include <vector>

#include "core/linalg/aligned_matrix.h"
#include "core/training/internal/group_progress.h"
#include "core/training/internal/subject_targets.h"
#include "core/training/prepare.h"
#include "core/training/trainer.h"

namespace corticast {

/// Weights and bias of linear models, vertex-major: row c belongs to target column c.
struct LinearWeights {
  AlignedMatrix weight;     ///< [columns x features]
  std::vector<float> bias;  ///< [columns]

  LinearWeights() = default;
  LinearWeights(size_t columns, size_t features) : weight(columns, features), bias(columns) {}
  void copyColumns(const LinearWeights& from, size_t first, size_t count);
};

/// Columns (here: outputs of the models) of all groups one after another, and what every trainer of linear models keeps
/// between epochs. How the weights are trained is its owner's affair.
class LinearState {
 public:
  /// Checks that features, split, sources and groups fit each other; throws Error.
  enum class Moments { With, Without };  ///< whether the optimiser needs them
  LinearState(const CohortData& data, std::vector<TargetGroup> groups, Moments moments = Moments::With);

  /// First weights of every group (prepare.h, TrainerOptions::initialise), also taken as the best so far.
  void initialise(const TrainerOptions& options);

  [[nodiscard]] size_t columns() const { return offsets.back(); }
  [[nodiscard]] size_t features() const { return featureCount; }
  [[nodiscard]] size_t groupOfColumn(size_t column) const;
  [[nodiscard]] bool isFinished() const;

  /// Ends an epoch: takes in the measures of the groups that trained (in `measures`, per group; ignored for the
  /// others), and returns which groups have a new best.
  std::vector<size_t> endEpoch(const std::vector<GroupMeasure>& measures);
  /// The same for a closed form: all groups are finished, or failed when a loss is not finite.
  void endClosedForm(const std::vector<GroupMeasure>& measures);
  [[nodiscard]] EpochResult result() const;
  /// Scores outputs of one group on rows of the data (SubjectTargets::score): `squaredError` is per column of all
  /// groups; `first` counts from the group's first column.
  void score(size_t group, std::span<const uint32_t> rows, size_t first, MatrixView<const float> prediction,
             MatrixView<const float> response, std::span<double> squaredError);
  /// Mean over a group's columns of `correlation` where it is defined; NaN if nowhere.
  [[nodiscard]] double meanCorrelation(size_t group) const;

  [[nodiscard]] TrainerState save() const;
  void restore(const TrainerState& state);
  [[nodiscard]] Matrix<float> predict(size_t group, MatrixView<const float> rows) const;
  [[nodiscard]] std::vector<NamedTensor> bestModel(size_t group) const;

  std::vector<TargetGroup> groups;
  std::vector<size_t> offsets;          ///< first column of each group; one more at the end
  std::vector<SubjectTargets> targets;  ///< per group
  std::vector<size_t> scoreOffsets;     ///< first value of each group in `correlation`; one more at the end
  std::vector<GroupProgress> progress;
  size_t featureCount = 0;
  int epoch = 0;
  LinearWeights now, moment1, moment2, best;
  std::vector<float> correlation;  ///< per target column (EpochResult), of the group's last epoch
};

/// Features of these rows, in their order.
[[nodiscard]] AlignedMatrix gatherRows(const FeatureSource& from, std::span<const uint32_t> rows);

/// Default first weights: as torch.nn.Linear draws them, from Philox(seed, streamOf(id)).
void drawLinearWeights(uint64_t seed, const std::string& id, MatrixView<float> weight, std::span<float> bias);

}  // namespace corticast
