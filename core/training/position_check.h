#pragma once
#include <array>
#include <memory>

#include "core/training/prepare.h"
#include "core/training/trainer.h"

namespace corticast {

/// How well a network returns the positions of vertices.
struct PositionScore {
  double rmseMm = 0;           ///< root of the mean squared distance between answer and position
  std::array<double, 3> r2{};  ///< per axis, over vertices: 1 - squared error / variance; NaN where all are equal
  size_t pictures = 0;         ///< that the answers were for
};
/// `answers` [pictures x 3 * vertices]: x of all vertices, then y, then z, in units of the extent.
[[nodiscard]] PositionScore positionScore(MatrixView<const float> answers, const VertexPositions& positions);

/// Distance in mm between answer and position [pictures x vertices]; `answers` as above.
[[nodiscard]] Matrix<float> distancesMm(MatrixView<const float> answers, const VertexPositions& positions);

/// What stands for the responses of such a group of `columns` vertices when its predictions, distances from the right
/// position, are scored: 0 mm for each of `rows` pictures.
[[nodiscard]] std::shared_ptr<const TargetSource> noDistances(size_t rows, size_t columns);

/// What the network of such a group is given instead of the group and its responses: three outputs per vertex, which
/// every subject of the data has, and the relative positions for every picture, x of all vertices, then y, then z.
struct PositionQuestion {
  TargetGroup group;
  std::shared_ptr<const TargetSource> source;
  VertexPositions positions;  ///< with one head: a vertex lies in one place, whoever is asked
};
/// Throws Error when the positions are empty.
[[nodiscard]] PositionQuestion askedForPositions(TargetGroup group, const CohortData& data, VertexPositions positions);

/// Trains networks to return the position of each vertex, whatever the picture: the paper's sanity check of positional
/// models, run on those groups whose settings ask for it; the others train as they would without.
///
/// It wraps the trainer that does the work, and gives it the relative positions as targets, three per vertex. A group's
/// losses are in squared units of its extent; its correlation with responses is undefined (NaN). Its predictions are
/// the distances in mm between answer and position, [pictures x outputs of the group], and `remark` has the score over
/// (at most 64 of) the validation pictures.
class PositionCheckTrainer final : public Trainer {
 public:
  /// Throws Error when positions are missing for a group that needs them.
  PositionCheckTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options);
  ~PositionCheckTrainer() override;

  /// Whether the group's settings ask for it.
  [[nodiscard]] static bool isMeant(const GroupSettings& settings);

  [[nodiscard]] const std::vector<TargetGroup>& groups() const override;
  [[nodiscard]] bool isFinished() const override;
  [[nodiscard]] int epoch() const override;
  [[nodiscard]] EpochResult runEpoch(std::stop_token stop) override;
  [[nodiscard]] TrainerState save() const override;
  void restore(const TrainerState& state) override;
  [[nodiscard]] Matrix<float> predict(size_t group, MatrixView<const float> features) const override;
  [[nodiscard]] std::vector<NamedTensor> bestModel(size_t group) const override;
  [[nodiscard]] std::string remark(size_t group) const override;

  /// Of the best epoch's network.
  [[nodiscard]] PositionScore score(size_t group) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace corticast
