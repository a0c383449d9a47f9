#include "core/training/internal/ridge_system.h"

#include <algorithm>
#include <limits>

#include "core/base/error.h"

namespace corticast {
namespace {

constexpr size_t kSlice = 1024;  // rows or features in double at a time

template <typename Work>
void forSlices(size_t count, const Work& work) {
  for (size_t first = 0; first < count; first += kSlice) work(first, std::min(kSlice, count - first));
}

}  // namespace

RidgeSystem::RidgeSystem(const CentredFeatures& features, const std::stop_token& stop)
    : m_features(features), m_isPrimal(features.cols() <= features.rows()) {
  const size_t order = std::min(features.cols(), features.rows());
  Matrix<double> gram(order, order);
  forSlices(std::max(features.cols(), features.rows()), [&](size_t first, size_t count) {
    if (stop.stop_requested()) throw Cancelled();
    const Matrix<double> x = m_isPrimal ? features.rowSlice(first, count) : features.columnSlice(first, count);
    gemm(m_isPrimal ? Transpose::Yes : Transpose::No, m_isPrimal ? Transpose::No : Transpose::Yes, 1.0, x.view(),
         x.view(), 1.0, gram.view());
  });
  if (stop.stop_requested()) throw Cancelled();
  m_eigen = eigenSymmetric(gram);
}

double RidgeSystem::leastEigenvalue() const {
  return static_cast<double>(std::max(m_features.rows(), m_features.cols())) * std::numeric_limits<double>::epsilon() *
         std::max(0.0, m_eigen.values.back());
}

Matrix<double> RidgeSystem::rotate(const Matrix<double>& values) const {
  Matrix<double> rotated(values.rows(), values.cols());
  gemm(Transpose::No, Transpose::No, 1.0, m_eigen.vectors.view(), values.view(), 0.0, rotated.view());
  return rotated;
}

Matrix<double> RidgeSystem::rotateBack(const Matrix<double>& rotated) const {
  Matrix<double> result(rotated.cols(), rotated.rows());
  gemm(Transpose::Yes, Transpose::No, 1.0, rotated.view(), m_eigen.vectors.view(), 0.0, result.view());
  return result;
}

RidgeSolution RidgeSystem::solveProducts(const Matrix<double>& products, std::span<const double> squares,
                                         std::span<const double> alpha) const {
  Matrix<double> rotated = rotate(products);
  RidgeSolution solution{{}, {squares.begin(), squares.end()}};
  const double least = leastEigenvalue();
  for (size_t i = 0; i < rotated.rows(); ++i) {
    const double value = std::max(0.0, m_eigen.values[i]);
    for (size_t c = 0; c < rotated.cols(); ++c) {
      const double q = rotated(i, c);
      const double shrunk = alpha[c] == 0 && value <= least ? 0 : q / (value + alpha[c]);
      rotated(i, c) = shrunk;
      // q^2 (l + 2 alpha) / (l + alpha)^2; a sum of products in double may end a rounding below zero.
      solution.squaredError[c] -= shrunk * (2 * q - value * shrunk);
    }
  }
  for (double& error : solution.squaredError)
    if (error < 0) error = 0;
  solution.weights = rotateBack(rotated);
  return solution;
}

RidgeSolution RidgeSystem::solveResponses(const Matrix<double>& centred, std::span<const double> alpha) const {
  Matrix<double> rotated = rotate(centred);
  RidgeSolution solution{Matrix<double>(centred.cols(), m_features.cols()), std::vector<double>(centred.cols())};
  const double least = leastEigenvalue();
  for (size_t i = 0; i < rotated.rows(); ++i) {
    const double value = std::max(0.0, m_eigen.values[i]);
    for (size_t c = 0; c < rotated.cols(); ++c) {
      const double q = rotated(i, c);
      rotated(i, c) = alpha[c] == 0 && value <= least ? 0 : q / (value + alpha[c]);
      const double residual = q - value * rotated(i, c);
      solution.squaredError[c] += residual * residual;
    }
  }
  const Matrix<double> dual = rotateBack(rotated);
  forSlices(m_features.cols(), [&](size_t first, size_t count) {
    gemm(Transpose::No, Transpose::No, 1.0, dual.view(), m_features.columnSlice(first, count).view(), 0.0,
         solution.weights.view().block(0, first, dual.rows(), count));
  });
  return solution;
}

}  // namespace corticast
