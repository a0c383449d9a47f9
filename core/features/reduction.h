#pragma once
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/base/params.h"
#include "core/features/row_reader.h"

namespace corticast {

struct NamedTensor;

/// What happens to an embedding's features before a model sees them.
struct ReductionConfig {
  bool standardise = true;
  int pca = 0;  ///< number of components kept; 0 = no PCA

  static Fields<ReductionConfig> fields();
};

/// Standardisation and principal components, fitted on training rows only and then applied to any rows.
///
///     const Reduction reduction = Reduction::fit(trainingRows, {.standardise = true, .pca = 100});
///     Matrix<float> inputs = reduction.apply(validationRows);   // [images x outputs()]
///
/// Standardise: z = (x - mean) / sd with the mean and the population sd (ddof 0) of the training rows, as
/// scikit-learn's StandardScaler. A feature that is constant over the training rows carries no information: it
/// becomes 0 in every row, also where a later row differs (`constantFeatures()` lists them).
/// PCA: y = (z - mean(z)) V with the eigenvectors V of the covariance of z, largest variance first, exact (from the
/// covariance or, with fewer rows than features, the Gram matrix, both in double precision); no whitening; the sign of
/// a component makes its largest loading positive, as scikit-learn's `svd_flip(u_based_decision=False)`.
/// Components beyond the rank of the training rows are 0 in every row (`rank()` says how many are not).
/// Neither of the two: the features pass unchanged.
class Reduction {
 public:
  /// Passes features through unchanged, whatever their number.
  Reduction() = default;

  /// Fits on `trainRows` [images x features]. Throws Error for no rows, values that are not finite (row and feature
  /// named) and more components than the rows can determine (at most images - 1, at most features);
  /// Cancelled when `stop` asks.
  [[nodiscard]] static Reduction fit(MatrixView<const float> trainRows, const ReductionConfig& config,
                                     std::stop_token stop = {});

  /// The same of rows that need not fit in memory. Up to 256 MB are read and fitted as above; beyond, up to 4,096
  /// features have their exact components by the covariance, and more those of streamed_pca.h. Row numbers in errors
  /// are those of the reader.
  [[nodiscard]] static Reduction fit(const RowReader& trainRows, const ReductionConfig& config,
                                     std::stop_token stop = {});

  /// [images x features] -> [images x outputs()]. Throws Error when the number of features is another than fitted on.
  [[nodiscard]] Matrix<float> apply(MatrixView<const float> rows) const;

  [[nodiscard]] const ReductionConfig& config() const { return m_config; }
  /// Features in and out; both 0 for a default-made object, which takes any number.
  [[nodiscard]] size_t inputs() const { return m_inputs; }
  [[nodiscard]] size_t outputs() const { return m_config.pca > 0 ? m_components.rows() : m_inputs; }
  /// Features without variance in the training rows, ascending; empty unless standardised.
  [[nodiscard]] const std::vector<uint32_t>& constantFeatures() const { return m_constant; }
  /// [components x features], empty without PCA.
  [[nodiscard]] const Matrix<float>& components() const { return m_components; }
  /// Share of the training rows' total variance per component, 0..1.
  [[nodiscard]] const std::vector<double>& explainedVarianceRatio() const { return m_explained; }
  /// Components with variance.
  [[nodiscard]] size_t rank() const;

  /// Everything needed to apply it again, bit for bit; names start with `prefix`.
  [[nodiscard]] std::vector<NamedTensor> tensors(const std::string& prefix = "reduction/") const;
  /// The inverse; other tensors are ignored. Throws Error when one is missing or of the wrong shape or type.
  [[nodiscard]] static Reduction fromTensors(std::span<const NamedTensor> tensors,
                                             const std::string& prefix = "reduction/");

 private:
  void setScale(const std::vector<double>& variance, size_t rows);
  void setComponents(Matrix<float> components, std::span<const double> variance, double totalVariance);

  ReductionConfig m_config{.standardise = false, .pca = 0};
  size_t m_inputs = 0;
  std::vector<double> m_mean;   ///< per feature; empty = nothing is subtracted
  std::vector<double> m_scale;  ///< per feature, multiplied after subtraction; 0 for constant features
  std::vector<uint32_t> m_constant;
  Matrix<float> m_components;
  std::vector<double> m_explained;
};

}  // namespace corticast
