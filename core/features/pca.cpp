#include "core/features/pca.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/linalg/blas.h"

namespace corticast {
namespace {

constexpr size_t kBlock = 512;
// Eigenvalues of a product of n rounded terms are only known to about n rounding errors of the largest.
constexpr double kRankTolerance = 2e-15;

void checkStop(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Cancelled();
}

void reserve(Matrix<double>& block, size_t rows, size_t cols) {
  if (block.rows() != rows || block.cols() != cols) block = Matrix<double>(rows, cols);
}

Matrix<double> covarianceSum(size_t rows, size_t cols, const BlockReader& read, const std::stop_token& stop) {
  Matrix<double> sum(cols, cols);
  Matrix<double> block;
  for (size_t row = 0; row < rows; row += kBlock) {
    checkStop(stop);
    reserve(block, std::min(kBlock, rows - row), cols);
    read(row, 0, block);
    gemm(Transpose::Yes, Transpose::No, 1.0, block.view(), block.view(), 1.0, sum.view());
  }
  return sum;
}

Matrix<double> gramSum(size_t rows, size_t cols, const BlockReader& read, const std::stop_token& stop) {
  Matrix<double> sum(rows, rows);
  Matrix<double> block;
  for (size_t col = 0; col < cols; col += kBlock) {
    checkStop(stop);
    reserve(block, rows, std::min(kBlock, cols - col));
    read(0, col, block);
    gemm(Transpose::No, Transpose::Yes, 1.0, block.view(), block.view(), 1.0, sum.view());
  }
  return sum;
}

double trace(const Matrix<double>& matrix) {
  double sum = 0;
  for (size_t i = 0; i < matrix.rows(); ++i) sum += matrix(i, i);
  return sum;
}

void normalise(std::span<double> direction) {
  double squared = 0;
  for (const double value : direction) squared += value * value;
  const double length = std::sqrt(squared);
  const auto largest =
      std::ranges::max_element(direction, [](double a, double b) { return std::abs(a) < std::abs(b); });
  if (length == 0) return;
  const double factor = (*largest < 0 ? -1.0 : 1.0) / length;
  for (double& value : direction) value *= factor;
}

// Row i of `roots` is the i-th eigenvector of the Gram matrix; the direction is its combination of the data's rows.
Matrix<double> directionsFromGram(const Matrix<double>& roots, size_t rows, size_t cols, const BlockReader& read,
                                  const std::stop_token& stop) {
  Matrix<double> directions(roots.rows(), cols);
  Matrix<double> block;
  for (size_t col = 0; col < cols; col += kBlock) {
    checkStop(stop);
    const size_t width = std::min(kBlock, cols - col);
    reserve(block, rows, width);
    read(0, col, block);
    gemm(Transpose::No, Transpose::No, 1.0, roots.view(), block.view(), 0.0,
         directions.view().block(0, col, roots.rows(), width));
  }
  return directions;
}

}  // namespace

void requireComponents(size_t count, size_t rows, size_t cols) {
  const size_t most = std::min(rows - 1, cols);
  if (count > most)
    throw Error({.what = "fit principal components",
                 .where = thousands(rows) + " training rows x " + thousands(cols) + " features",
                 .why = thousands(count) + " components asked for, at most " + thousands(most) + " exist",
                 .remedy = "set pca to " + std::to_string(most) + " or less"});
}

PrincipalComponents principalComponents(size_t rows, size_t cols, size_t count, const BlockReader& read,
                                        const std::stop_token& stop) {
  const bool isByCovariance = cols <= rows;
  const Matrix<double> product =
      isByCovariance ? covarianceSum(rows, cols, read, stop) : gramSum(rows, cols, read, stop);
  const SymmetricEigen eigen = eigenSymmetric(product);
  checkStop(stop);
  const size_t last = eigen.values.size() - 1;
  const double floor = std::max(eigen.values[last], 0.0) * kRankTolerance * static_cast<double>(product.rows());

  PrincipalComponents result;
  const auto freedom = static_cast<double>(rows - 1);
  result.totalVariance = trace(product) / freedom;
  Matrix<double> vectors(count, product.rows());
  for (size_t i = 0; i < count; ++i) {
    const double value = eigen.values[last - i];
    result.explainedVariance.push_back(value > floor ? value / freedom : 0.0);
    if (value > floor) std::ranges::copy(eigen.vectors.row(last - i), vectors.row(i).begin());
  }
  result.directions = isByCovariance ? std::move(vectors) : directionsFromGram(vectors, rows, cols, read, stop);
  for (size_t i = 0; i < count; ++i) normalise(result.directions.row(i));
  return result;
}

}  // namespace corticast
