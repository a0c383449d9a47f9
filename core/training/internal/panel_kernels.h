#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/training/internal/adamw_step.h"

/// The passes of linear training over a panel of adjacent model columns, for the widest vectors the CPU has (AVX-512,
/// AVX2 or what the compiler's baseline gives), chosen at run time. Panels are row-major, kPanelColumns floats a row
/// and each row on a 64-byte boundary: a row of weights belongs to a feature, a row of predictions to a picture.
///
/// A product's element is one sum in the order of its terms, by fused multiply-add where the CPU has it: it depends on
/// the type of CPU, but not on what else is computed with it.
namespace corticast::kernels {

inline constexpr size_t kPanelColumns = 32;

/// Per column of a panel, the members of AdamwStep.
struct PanelStep {
  alignas(64) float gradientScale[kPanelColumns];
  alignas(64) float keep[kPanelColumns];
  alignas(64) float oneMinusBeta1[kPanelColumns];
  alignas(64) float beta2[kPanelColumns];
  alignas(64) float oneMinusBeta2[kPanelColumns];
  alignas(64) float stepSize[kPanelColumns];
  alignas(64) float inverseCorrection2[kPanelColumns];
  alignas(64) float epsilon[kPanelColumns];
};

void setColumn(PanelStep& panel, size_t column, const AdamwStep& step);

/// Weights and AdamW moments of a panel, each [features x kPanelColumns].
struct PanelWeights {
  float* weight;
  float* moment1;
  float* moment2;
};

/// prediction = features x weight: [pictures x kPanelColumns] from [pictures x features].
void predictPanel(MatrixView<const float> features, const float* weight, float* prediction);

/// One AdamW step along the gradient, features' x residual. A tile of the gradient goes from the product's registers
/// into the step; the gradient as a whole never exists.
void descendPanel(MatrixView<const float> features, const float* residual, const PanelStep& step,
                  const PanelWeights& weights);

/// The same step along a gradient that is known, for one row of weights (the biases).
void stepPanelRow(const PanelStep& step, const float* gradient, const PanelWeights& weights);

/// Responses of a minibatch: row `rows[i]` of `values` belongs to its picture i.
struct PanelResponse {
  MatrixView<const float> values;  ///< at most kPanelColumns columns
  std::span<const uint32_t> rows;
  bool isMasked = false;  ///< a NaN was not measured: its residual is 0 and counts nowhere
};

/// prediction(i, c) becomes the residual prediction(i, c) + bias[c] - response(i, c); columns beyond the response's are
/// left alone. Per column, the residuals' sum goes to `sums` and their sum of squares to `squares` (both overwritten).
void residualPanel(float* prediction, const PanelResponse& response, const float* bias, float* sums, float* squares);

/// The kinds of vectors that this CPU has ("avx512", "avx2", "baseline"), widest first. The first is used unless a test
/// chooses another by its index here, for all threads.
[[nodiscard]] std::vector<std::string> vectorPaths();
void useVectorPath(size_t index);

}  // namespace corticast::kernels
