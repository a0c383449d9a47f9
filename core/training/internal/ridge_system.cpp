#include "core/training/internal/ridge_system.h"

#include <algorithm>
#include <limits>

#include "core/base/error.h"

namespace corticast {
namespace {

// Features are float and turned to double in slices of this many rows or columns, so that no whole copy is needed.
constexpr size_t kSlice = 1024;

template <typename Work>
void forSlices(size_t count, const Work& work) {
  for (size_t first = 0; first < count; first += kSlice) work(first, std::min(kSlice, count - first));
}

}  // namespace

RidgeSystem::RidgeSystem(MatrixView<const float> features, std::span<const uint32_t> rows, const std::stop_token& stop)
    : m_features(features),
      m_rows(rows.begin(), rows.end()),
      m_means(features.cols()),
      m_isPrimal(features.cols() <= rows.size()) {
  for (const uint32_t row : m_rows)
    for (size_t f = 0; f < m_means.size(); ++f) m_means[f] += static_cast<double>(features(row, f));
  for (double& mean : m_means) mean /= static_cast<double>(m_rows.size());
  const size_t order = m_isPrimal ? features.cols() : m_rows.size();
  Matrix<double> gram(order, order);
  forSlices(m_isPrimal ? m_rows.size() : features.cols(), [&](size_t first, size_t count) {
    if (stop.stop_requested()) throw Cancelled();
    const Matrix<double> x = m_isPrimal ? centredRows(first, count) : centredColumns(first, count);
    gemm(m_isPrimal ? Transpose::Yes : Transpose::No, m_isPrimal ? Transpose::No : Transpose::Yes, 1.0, x.view(),
         x.view(), 1.0, gram.view());
  });
  if (stop.stop_requested()) throw Cancelled();
  m_eigen = eigenSymmetric(gram);
}

Matrix<double> RidgeSystem::centredRows(size_t first, size_t count) const {
  Matrix<double> x(count, m_features.cols());
  for (size_t i = 0; i < count; ++i)
    for (size_t f = 0; f < x.cols(); ++f) x(i, f) = static_cast<double>(m_features(m_rows[first + i], f)) - m_means[f];
  return x;
}

Matrix<double> RidgeSystem::centredColumns(size_t first, size_t count) const {
  Matrix<double> x(m_rows.size(), count);
  for (size_t i = 0; i < x.rows(); ++i)
    for (size_t f = 0; f < count; ++f)
      x(i, f) = static_cast<double>(m_features(m_rows[i], first + f)) - m_means[first + f];
  return x;
}

void RidgeSystem::shrink(Matrix<double>& rotated, std::span<const double> alpha) const {
  const double largest = std::max(0.0, m_eigen.values.back());
  const double least = static_cast<double>(std::max(m_rows.size(), m_features.cols())) *
                       std::numeric_limits<double>::epsilon() * largest;
  for (size_t i = 0; i < rotated.rows(); ++i) {
    const double value = std::max(0.0, m_eigen.values[i]);
    for (size_t c = 0; c < rotated.cols(); ++c) {
      const bool isLeftOut = alpha[c] == 0 && value <= least;
      rotated(i, c) = isLeftOut ? 0 : rotated(i, c) / (value + alpha[c]);
    }
  }
}

Matrix<double> RidgeSystem::solve(const Matrix<double>& centred, std::span<const double> alpha) const {
  const size_t targets = centred.cols(), features = m_features.cols();
  Matrix<double> right(m_isPrimal ? features : 0, targets);
  if (m_isPrimal)
    forSlices(m_rows.size(), [&](size_t first, size_t count) {
      gemm(Transpose::Yes, Transpose::No, 1.0, centredRows(first, count).view(),
           centred.view().block(first, 0, count, targets), 1.0, right.view());
    });
  const Matrix<double>& side = m_isPrimal ? right : centred;
  Matrix<double> rotated(side.rows(), targets);
  gemm(Transpose::No, Transpose::No, 1.0, m_eigen.vectors.view(), side.view(), 0.0, rotated.view());
  shrink(rotated, alpha);
  if (m_isPrimal) {
    Matrix<double> weights(targets, features);
    gemm(Transpose::Yes, Transpose::No, 1.0, rotated.view(), m_eigen.vectors.view(), 0.0, weights.view());
    return weights;
  }
  Matrix<double> dual(targets, m_rows.size());
  gemm(Transpose::Yes, Transpose::No, 1.0, rotated.view(), m_eigen.vectors.view(), 0.0, dual.view());
  Matrix<double> weights(targets, features);
  forSlices(features, [&](size_t first, size_t count) {
    gemm(Transpose::No, Transpose::No, 1.0, dual.view(), centredColumns(first, count).view(), 0.0,
         weights.view().block(0, first, targets, count));
  });
  return weights;
}

}  // namespace corticast
