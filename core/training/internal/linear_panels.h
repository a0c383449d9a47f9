#pragma once
#include <span>
#include <vector>

#include "core/linalg/aligned_matrix.h"
#include "core/training/internal/linear_state.h"
#include "core/training/internal/panel_kernels.h"

namespace corticast {

/// Adjacent columns of a linear model laid out for training by AdamW: panels of kernels::kPanelColumns columns, feature
/// after feature, that stay in a core's second cache while all minibatches of an epoch pass (Corticast trains a block
/// of columns through a whole epoch, because columns do not interact). Columns that fill up the last panel hold zeros.
class LinearPanels {
 public:
  /// Room for minibatches of at most `pictures` pictures.
  LinearPanels(size_t columns, size_t features, size_t pictures);

  /// Copies weights, biases and moments in and, after training, out again; `first` is their first column in `state`.
  void load(const LinearState& state, size_t first);
  void store(LinearState& state, size_t first) const;

  /// Predicts a minibatch, features [pictures x features], and takes the residuals of its responses (one row per
  /// picture named by `rows`; NaN: not measured, only where `isMasked`).
  void takeResiduals(MatrixView<const float> features, MatrixView<const float> response, std::span<const uint32_t> rows,
                     bool isMasked);
  /// Sum of squared residuals of the minibatch, over `count` columns.
  [[nodiscard]] double squares(size_t firstColumn, size_t count) const;
  /// The step that `count` columns take next.
  void setStep(size_t firstColumn, size_t count, const kernels::AdamwStep& step);
  /// Takes every column's step along the gradient of the minibatch whose residuals were taken.
  void descend(MatrixView<const float> features);

 private:
  struct Panel {
    Panel(size_t columns, size_t features, size_t pictures);
    size_t columns;
    AlignedMatrix weight, moment1, moment2;        // [features x kPanelColumns]
    AlignedMatrix residual;                        // [pictures x kPanelColumns]
    AlignedMatrix bias, biasMoment1, biasMoment2;  // [1 x kPanelColumns]
    AlignedMatrix sums, squares;                   // [1 x kPanelColumns], over the minibatch's residuals
    kernels::PanelStep step;
  };
  std::vector<Panel> m_panels;
};

}  // namespace corticast
