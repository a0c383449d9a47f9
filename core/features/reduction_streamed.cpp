#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/features/pca.h"
#include "core/features/reduction.h"
#include "core/features/streamed_pca.h"

namespace corticast {
namespace {

constexpr size_t kInMemoryBytes = 256U << 20U;
constexpr size_t kMostExact = 4096;  // features whose covariance and its decomposition stay within 0.5 GB

struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;
};

// One pass about the first row, so that features far from 0 do not cancel. Features that never change have variance 0.
Moments momentsOf(const RowReader& reader, const std::stop_token& stop) {
  std::vector<double> sum(reader.cols), squares(reader.cols);
  std::vector<float> origin(reader.cols);
  const size_t most = rowsPerBlock(reader.cols);
  Matrix<float> block(std::min(most, reader.rows), reader.cols);
  for (size_t first = 0; first < reader.rows; first += most) {
    if (stop.stop_requested()) throw Cancelled();
    const auto rows = block.view().block(0, 0, std::min(most, reader.rows - first), reader.cols);
    reader.read(first, rows);
    if (first == 0) std::ranges::copy(rows.row(0), origin.begin());
    for (size_t r = 0; r < rows.rows(); ++r)
      for (size_t c = 0; c < rows.cols(); ++c) {
        const double deviation = static_cast<double>(rows(r, c)) - static_cast<double>(origin[c]);
        if (!std::isfinite(deviation))
          throw Error({.what = "fit the reduction of features",
                       .where = "row " + thousands(first + r) + ", feature " + thousands(c),
                       .why = "the value is not a finite number",
                       .remedy = "make the embedding again, or leave this picture out"});
        sum[c] += deviation;
        squares[c] += deviation * deviation;
      }
  }
  Moments moments{std::vector<double>(reader.cols), std::vector<double>(reader.cols)};
  const auto n = static_cast<double>(reader.rows);
  for (size_t c = 0; c < reader.cols; ++c) {
    moments.mean[c] = static_cast<double>(origin[c]) + sum[c] / n;
    moments.variance[c] = std::max(0.0, squares[c] / n - (sum[c] / n) * (sum[c] / n));
  }
  return moments;
}

}  // namespace

Reduction Reduction::fit(const RowReader& trainRows, const ReductionConfig& config, std::stop_token stop) {
  if (trainRows.rows * trainRows.cols * sizeof(float) <= kInMemoryBytes) {
    Matrix<float> all(trainRows.rows, trainRows.cols);
    if (!all.empty()) trainRows.read(0, all.view());
    return fit(all.view(), config, stop);
  }
  Reduction reduction;
  reduction.m_config = config;
  reduction.m_inputs = trainRows.cols;
  requireComponents(static_cast<size_t>(config.pca), trainRows.rows, trainRows.cols);
  Moments moments = momentsOf(trainRows, stop);
  if (!config.standardise && config.pca <= 0) return reduction;
  reduction.m_mean = std::move(moments.mean);
  reduction.setScale(moments.variance, trainRows.rows);
  if (config.pca <= 0) return reduction;

  double totalVariance = 0;
  for (size_t c = 0; c < trainRows.cols; ++c)
    totalVariance += moments.variance[c] * reduction.m_scale[c] * reduction.m_scale[c];
  totalVariance *= static_cast<double>(trainRows.rows) / static_cast<double>(trainRows.rows - 1);
  const auto count = static_cast<size_t>(config.pca);
  const auto centre = [&](size_t first, MatrixView<float> out) {
    trainRows.read(first, out);
    for (size_t r = 0; r < out.rows(); ++r)
      for (size_t c = 0; c < out.cols(); ++c)
        out(r, c) = static_cast<float>((static_cast<double>(out(r, c)) - reduction.m_mean[c]) * reduction.m_scale[c]);
  };
  if (trainRows.cols > kMostExact) {
    StreamedComponents found = streamedComponents({trainRows.rows, trainRows.cols, centre}, count, stop);
    reduction.setComponents(std::move(found.directions), found.explainedVariance, totalVariance);
    return reduction;
  }
  const BlockReader read = [&](size_t row, size_t, Matrix<double>& block) {
    Matrix<float> rows(block.rows(), block.cols());
    centre(row, rows.view());
    std::ranges::copy(rows.values(), block.values().begin());
  };
  const PrincipalComponents found = principalComponents(trainRows.rows, trainRows.cols, count, read, stop);
  Matrix<float> components(count, trainRows.cols);
  std::ranges::transform(found.directions.values(), components.values().begin(),
                         [](double value) { return static_cast<float>(value); });
  reduction.setComponents(std::move(components), found.explainedVariance, totalVariance);
  return reduction;
}

}  // namespace corticast
