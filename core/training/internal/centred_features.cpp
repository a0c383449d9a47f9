#include "core/training/internal/centred_features.h"

namespace corticast {

CentredFeatures::CentredFeatures(MatrixView<const float> features, std::span<const uint32_t> rows)
    : m_features(features), m_rows(rows.begin(), rows.end()), m_means(features.cols()) {
  const size_t count = cols();
  double* __restrict const means = m_means.data();
  for (size_t i = 0; i < m_rows.size(); ++i) {
    const float* __restrict const x = m_features.row(i).data();
    for (size_t f = 0; f < count; ++f) means[f] += static_cast<double>(x[f]);
  }
  for (double& mean : m_means) mean /= static_cast<double>(m_rows.size());
}

void CentredFeatures::rowSlice(size_t first, MatrixView<double> out) const {
  const size_t count = cols();
  const double* __restrict const means = m_means.data();
  for (size_t i = 0; i < out.rows(); ++i) {
    const float* __restrict const x = m_features.row(first + i).data();
    double* __restrict const to = out.row(i).data();
    for (size_t f = 0; f < count; ++f) to[f] = static_cast<double>(x[f]) - means[f];
  }
}

Matrix<double> CentredFeatures::rowSlice(size_t first, size_t count) const {
  Matrix<double> slice(count, cols());
  rowSlice(first, slice.view());
  return slice;
}

Matrix<double> CentredFeatures::columnSlice(size_t first, size_t count) const {
  Matrix<double> slice(rows(), count);
  for (size_t i = 0; i < rows(); ++i)
    for (size_t f = 0; f < count; ++f)
      slice(i, f) = static_cast<double>(m_features(i, first + f)) - m_means[first + f];
  return slice;
}

}  // namespace corticast
