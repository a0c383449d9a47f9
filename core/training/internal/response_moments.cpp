#include "core/training/internal/response_moments.h"

#include <algorithm>
#include <limits>

#include "core/linalg/blas.h"

namespace corticast {
namespace {

constexpr size_t kSlice = 512;  // rows in double at a time: features and responses stay in the outer cache

std::vector<double> meansOf(MatrixView<const float> y) {
  std::vector<double> means(y.cols());
  for (size_t i = 0; i < y.rows(); ++i)
    for (size_t c = 0; c < means.size(); ++c) means[c] += static_cast<double>(y(i, c));
  for (double& mean : means) mean /= static_cast<double>(y.rows());
  return means;
}

// out = y - origin, and adds to the run's sums.
void moveToOrigin(MatrixView<const float> y, const std::vector<double>& origins, MatrixView<double> out,
                  ResponseMoments::Run& run) {
  const size_t columns = y.cols();
  const double* __restrict const origin = origins.data();
  double* __restrict const sums = run.sums.data();
  double* __restrict const squares = run.squares.data();
  for (size_t i = 0; i < y.rows(); ++i) {
    const float* __restrict const from = y.row(i).data();
    double* __restrict const to = out.row(i).data();
    for (size_t c = 0; c < columns; ++c) {
      const double value = static_cast<double>(from[c]) - origin[c];
      to[c] = value;
      sums[c] += value;
      squares[c] += value * value;
    }
  }
}

void add(std::span<double> to, std::span<const double> values) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += values[i];
}

}  // namespace

std::vector<size_t> cutRows(size_t rows, size_t runs) {
  std::vector<size_t> bounds;
  for (size_t k = 0; k <= runs; ++k) bounds.push_back(rows * k / runs);
  return bounds;
}

ResponseMoments takeMoments(const CentredFeatures& features, size_t columns, size_t runs, const ReadResponses& read) {
  ResponseMoments moments;
  const std::vector<size_t> bounds = cutRows(features.rows(), runs);
  const std::span<const uint32_t> rows(features.rowNumbers());
  Matrix<float> read32(kSlice, columns);
  Matrix<double> x(kSlice, features.cols()), y(kSlice, columns);
  for (size_t k = 0; k < runs; ++k) {
    ResponseMoments::Run run{bounds[k], bounds[k + 1] - bounds[k], Matrix<double>(features.cols(), columns),
                             std::vector<double>(columns), std::vector<double>(columns)};
    for (size_t first = bounds[k]; first < bounds[k + 1]; first += kSlice) {
      const size_t count = std::min(kSlice, bounds[k + 1] - first);
      const MatrixView<float> responses = read32.view().block(0, 0, count, columns);
      read(rows.subspan(first, count), responses);
      if (moments.origin.empty()) moments.origin = meansOf(responses);
      const MatrixView<double> left = x.view().block(0, 0, count, x.cols());
      const MatrixView<double> right = y.view().block(0, 0, count, columns);
      features.rowSlice(first, left);
      moveToOrigin(responses, moments.origin, right, run);
      gemm(Transpose::Yes, Transpose::No, 1.0, left, right, 1.0, run.products.view());
    }
    moments.runs.push_back(std::move(run));
  }
  return moments;
}

std::vector<double> ResponseMoments::Run::squaresAboutMeans() const {
  const auto rows = static_cast<double>(count);
  std::vector<double> result = squares;
  for (size_t c = 0; c < result.size(); ++c) {
    result[c] -= sums[c] * sums[c] / rows;
    if (result[c] <= rows * std::numeric_limits<double>::epsilon() * squares[c]) result[c] = 0;
  }
  return result;
}

std::vector<double> ResponseMoments::means() const {
  std::vector<double> result = origin;
  double rows = 0;
  for (const Run& run : runs) rows += static_cast<double>(run.count);
  for (const Run& run : runs)
    for (size_t c = 0; c < result.size(); ++c) result[c] += run.sums[c] / rows;
  return result;
}

ResponseMoments::Run ResponseMoments::whole() const {
  Run all = runs.front();
  for (const Run& run : std::span(runs).subspan(1)) {
    all.count += run.count;
    add(all.products.values(), run.products.values());
    add(all.sums, run.sums);
    add(all.squares, run.squares);
  }
  return all;
}

}  // namespace corticast
