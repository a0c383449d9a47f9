#pragma once
#include <memory>

#include "core/training/prepare.h"
#include "core/training/trainer.h"

namespace corticast {

/// Linear models in closed form: ordinary least squares and ridge, all groups of a cohort from one decomposition.
///
/// With Xc, Yc the training features and responses minus their column means: W = (Xc'Xc + alpha I)^-1 Xc'Yc and
/// b = mean(y) - W mean(x), the numbers of scikit-learn's LinearRegression and Ridge(fit_intercept=True). The Gram
/// matrix is formed once in double and decomposed into eigenvectors, after which every alpha and every vertex costs two
/// products. More features than pictures: the same through the kernel matrix Xc Xc'.
/// Least squares leaves out directions whose eigenvalue is below (larger dimension) x 2.2e-16 x the largest one, so
/// collinear features get the solution of least norm.
/// `per-vertex` ridge takes, for each vertex, the alpha of the list with the highest correlation averaged over folds of
/// the training rows (cut in the split's order); see ridge_folds.h.
///
/// To its owner it is a training of one epoch. Bit-identical for any number of threads.
class RidgeSolver final : public Trainer {
 public:
  RidgeSolver(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options);
  ~RidgeSolver() override;

  [[nodiscard]] const std::vector<TargetGroup>& groups() const override;
  [[nodiscard]] bool isFinished() const override;
  [[nodiscard]] int epoch() const override;
  [[nodiscard]] EpochResult runEpoch(std::stop_token stop) override;
  [[nodiscard]] TrainerState save() const override;
  void restore(const TrainerState& state) override;
  [[nodiscard]] Matrix<float> predict(size_t group, MatrixView<const float> features) const override;
  /// As the base class, and `alpha` [targets]: the penalty of each.
  [[nodiscard]] std::vector<NamedTensor> bestModel(size_t group) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace corticast
