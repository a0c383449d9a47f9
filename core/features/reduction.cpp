#include "core/features/reduction.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/features/pca.h"
#include "core/linalg/blas.h"

namespace corticast {
namespace {

constexpr size_t kRowsPerTask = 256;

struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;
};

void requireFinite(MatrixView<const float> rows) {
  for (size_t r = 0; r < rows.rows(); ++r)
    for (size_t c = 0; c < rows.cols(); ++c)
      if (!std::isfinite(rows(r, c)))
        throw Error({.what = "fit the reduction of features",
                     .where = "row " + thousands(r) + ", feature " + thousands(c),
                     .why = "the value is not a finite number",
                     .remedy = "make the embedding again, or leave this picture out"});
}

// Two passes in double: the sum of squares alone would cancel for features far from 0.
Moments momentsOf(MatrixView<const float> rows) {
  Moments moments{std::vector<double>(rows.cols()), std::vector<double>(rows.cols())};
  const auto n = static_cast<double>(rows.rows());
  for (size_t r = 0; r < rows.rows(); ++r)
    for (size_t c = 0; c < rows.cols(); ++c) moments.mean[c] += rows(r, c);
  for (double& mean : moments.mean) mean /= n;
  for (size_t r = 0; r < rows.rows(); ++r)
    for (size_t c = 0; c < rows.cols(); ++c) {
      const double deviation = rows(r, c) - moments.mean[c];
      moments.variance[c] += deviation * deviation;
    }
  for (double& variance : moments.variance) variance /= n;
  return moments;
}

// scikit-learn's bound on what rounding alone can make of a constant column (utils, _is_constant_feature).
bool isConstant(double mean, double variance, size_t rows) {
  const double n = static_cast<double>(rows);
  const double epsilon = std::numeric_limits<double>::epsilon();
  return variance <= n * epsilon * variance + (n * mean * epsilon) * (n * mean * epsilon);
}

}  // namespace

Fields<ReductionConfig> ReductionConfig::fields() {
  Fields<ReductionConfig> f;
  f.section("Features");
  f.boolean("standardise", "Standardise", &ReductionConfig::standardise)
      .help("Scale every feature to mean 0 and standard deviation 1 over the training pictures.");
  f.integer("pca", "Principal components", &ReductionConfig::pca)
      .range(0, 100000)
      .help(
          "Keep this many principal components of the features, fitted on the training pictures; 0 keeps the "
          "features as they are. Exact; time grows with the third power of the smaller of pictures and features.");
  return f;
}

Reduction Reduction::fit(MatrixView<const float> trainRows, const ReductionConfig& config, std::stop_token stop) {
  if (trainRows.empty())
    throw Error({.what = "fit the reduction of features",
                 .where = thousands(trainRows.rows()) + " training rows x " + thousands(trainRows.cols()) + " features",
                 .why = "there is nothing to fit on",
                 .remedy = "choose a split with training pictures"});
  if (config.pca > 0) requireComponents(static_cast<size_t>(config.pca), trainRows.rows(), trainRows.cols());
  requireFinite(trainRows);
  Reduction reduction;
  reduction.m_config = config;
  reduction.m_inputs = trainRows.cols();
  if (!config.standardise && config.pca <= 0) return reduction;

  Moments moments = momentsOf(trainRows);
  reduction.m_mean = std::move(moments.mean);
  reduction.setScale(moments.variance, trainRows.rows());
  if (config.pca <= 0) return reduction;

  const BlockReader read = [&](size_t row, size_t col, Matrix<double>& block) {
    for (size_t r = 0; r < block.rows(); ++r)
      for (size_t c = 0; c < block.cols(); ++c)
        block(r, c) = (trainRows(row + r, col + c) - reduction.m_mean[col + c]) * reduction.m_scale[col + c];
  };
  const PrincipalComponents found =
      principalComponents(trainRows.rows(), trainRows.cols(), static_cast<size_t>(config.pca), read, stop);
  Matrix<float> components(found.directions.rows(), found.directions.cols());
  std::ranges::transform(found.directions.values(), components.values().begin(),
                         [](double value) { return static_cast<float>(value); });
  reduction.setComponents(std::move(components), found.explainedVariance, found.totalVariance);
  return reduction;
}

void Reduction::setScale(const std::vector<double>& variance, size_t rows) {
  m_scale.assign(m_inputs, 1.0);
  for (size_t c = 0; m_config.standardise && c < m_inputs; ++c) {
    const bool hasNone = isConstant(m_mean[c], variance[c], rows);
    m_scale[c] = hasNone ? 0.0 : 1.0 / std::sqrt(variance[c]);
    if (hasNone) m_constant.push_back(static_cast<uint32_t>(c));
  }
}

void Reduction::setComponents(Matrix<float> components, std::span<const double> variance, double totalVariance) {
  m_components = std::move(components);
  for (const double each : variance) m_explained.push_back(totalVariance > 0 ? each / totalVariance : 0.0);
  if (rank() < outputs())
    log::warning("principal components: " + thousands(outputs()) + " asked for, but the training rows have only " +
                 thousands(rank()) + " directions with variance; the others are 0");
}

size_t Reduction::rank() const {
  return static_cast<size_t>(std::ranges::count_if(m_explained, [](double ratio) { return ratio > 0; }));
}

Matrix<float> Reduction::apply(MatrixView<const float> rows) const {
  if (m_inputs != 0 && rows.cols() != m_inputs)
    throw Error(
        {.what = "reduce features",
         .where = thousands(rows.rows()) + " rows",
         .why = "they have " + thousands(rows.cols()) + " features, the reduction was fitted on " + thousands(m_inputs),
         .remedy = "use the embedding that the model was trained with"});
  Matrix<float> scaled(rows.rows(), rows.cols());
  const size_t tasks = (rows.rows() + kRowsPerTask - 1) / kRowsPerTask;
  parallelFor(tasks, 0, [&](size_t task) {
    const size_t end = std::min(rows.rows(), (task + 1) * kRowsPerTask);
    for (size_t r = task * kRowsPerTask; r < end; ++r)
      for (size_t c = 0; c < rows.cols(); ++c)
        scaled(r, c) = m_mean.empty() ? rows(r, c) : static_cast<float>((rows(r, c) - m_mean[c]) * m_scale[c]);
  });
  if (m_config.pca <= 0) return scaled;
  Matrix<float> reduced(rows.rows(), m_components.rows());
  gemm(Transpose::No, Transpose::Yes, 1.0F, scaled.view(), m_components.view(), 0.0F, reduced.view());
  return reduced;
}

}  // namespace corticast
