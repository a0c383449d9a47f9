#include "core/training/internal/ridge_folds.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace corticast {
namespace {

// Six decompositions of this order take some minutes on two cores, and half a gigabyte each.
constexpr size_t kMostFeatures = 8192;

// Sums about the whole's mean become sums about the part's own: X'Y - n m m'.
void subtractMeans(Matrix<double>& products, const std::vector<double>& left, const std::vector<double>& right,
                   double count) {
  for (size_t i = 0; i < products.rows(); ++i)
    for (size_t j = 0; j < products.cols(); ++j) products(i, j) -= count * left[i] * right[j];
}

Matrix<double> minus(const Matrix<double>& a, const Matrix<double>& b) {
  Matrix<double> result = a;
  for (size_t i = 0; i < result.values().size(); ++i) result.values()[i] -= b.values()[i];
  return result;
}

std::vector<double> columnSums(const Matrix<double>& values, size_t first, size_t count) {
  std::vector<double> sums(values.cols());
  for (size_t r = first; r < first + count; ++r)
    for (size_t c = 0; c < sums.size(); ++c) sums[c] += values(r, c);
  return sums;
}

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

Matrix<double> product(Transpose transpose, const Matrix<double>& a, const Matrix<double>& b) {
  Matrix<double> result(transpose == Transpose::Yes ? a.cols() : a.rows(), b.cols());
  gemm(transpose, Transpose::No, 1.0, a.view(), b.view(), 0.0, result.view());
  return result;
}

}  // namespace

std::vector<double> alphaGrid(double low, double high, int count) {
  std::vector<double> alphas;
  for (int i = 0; i < count; ++i)
    alphas.push_back(low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(count - 1)));
  return alphas;
}

RidgeFolds::RidgeFolds(MatrixView<const float> features, std::span<const uint32_t> rows, size_t folds,
                       const std::stop_token& stop)
    : m_features(features), m_rows(rows.begin(), rows.end()), m_means(features.cols()) {
  if (m_rows.size() < 2 * folds)
    throw Error({.what = "choose ridge penalties",
                 .where = std::to_string(folds) + " folds",
                 .why = "there are only " + std::to_string(m_rows.size()) + " training pictures",
                 .remedy = "use fewer folds or a fixed penalty"});
  if (features.cols() > kMostFeatures)
    throw Error({.what = "choose ridge penalties",
                 .where = std::to_string(features.cols()) + " features",
                 .why = "a penalty per vertex takes a decomposition of all features for each fold",
                 .remedy = "reduce the features by PCA to at most " + std::to_string(kMostFeatures) +
                           ", or use a fixed penalty"});
  const std::vector<double> sums = columnSums(featureRows(0, m_rows.size()), 0, m_rows.size());
  m_means = scaled(sums, 1 / static_cast<double>(m_rows.size()));
  std::vector<Matrix<double>> held;
  Matrix<double> total(features.cols(), features.cols());
  for (size_t k = 0; k < folds; ++k) {
    if (stop.stop_requested()) throw Cancelled();
    const size_t first = m_rows.size() * k / folds, count = m_rows.size() * (k + 1) / folds - first;
    const Matrix<double> x = featureRows(first, count);
    held.push_back(product(Transpose::Yes, x, x));
    for (size_t i = 0; i < total.values().size(); ++i) total.values()[i] += held[k].values()[i];
    m_folds.push_back({first, count, {}, {}});
  }
  for (size_t k = 0; k < folds; ++k) {
    if (stop.stop_requested()) throw Cancelled();
    Fold& fold = m_folds[k];
    const auto others = static_cast<double>(m_rows.size() - fold.count);
    const std::vector<double> heldSums = columnSums(featureRows(fold.first, fold.count), 0, fold.count);
    Matrix<double> train = minus(total, held[k]);
    const std::vector<double> trainMeans = scaled(heldSums, -1 / others);  // all rows together have mean 0
    subtractMeans(train, trainMeans, trainMeans, others);
    fold.eigen = eigenSymmetric(train);
    const std::vector<double> heldMeans = scaled(heldSums, 1 / static_cast<double>(fold.count));
    subtractMeans(held[k], heldMeans, heldMeans, static_cast<double>(fold.count));
    const Matrix<double> half = product(Transpose::No, fold.eigen.vectors, held[k]);
    fold.heldGram = Matrix<double>(half.rows(), half.rows());
    gemm(Transpose::No, Transpose::Yes, 1.0, half.view(), fold.eigen.vectors.view(), 0.0, fold.heldGram.view());
    held[k] = {};
  }
}

Matrix<double> RidgeFolds::featureRows(size_t first, size_t count) const {
  Matrix<double> x(count, m_features.cols());
  for (size_t i = 0; i < count; ++i)
    for (size_t f = 0; f < x.cols(); ++f) x(i, f) = static_cast<double>(m_features(m_rows[first + i], f)) - m_means[f];
  return x;
}

Matrix<double> RidgeFolds::scores(const Matrix<double>& responses, std::span<const double> alphas) const {
  Matrix<double> centred = responses;
  const std::vector<double> means =
      scaled(columnSums(responses, 0, responses.rows()), 1 / static_cast<double>(responses.rows()));
  for (size_t r = 0; r < centred.rows(); ++r)
    for (size_t c = 0; c < centred.cols(); ++c) centred(r, c) -= means[c];
  Matrix<double> total(m_features.cols(), responses.cols());
  for (const Fold& fold : m_folds)
    gemm(Transpose::Yes, Transpose::No, 1.0, featureRows(fold.first, fold.count).view(),
         centred.view().block(fold.first, 0, fold.count, centred.cols()), 1.0, total.view());
  Matrix<double> scores(alphas.size(), responses.cols());
  for (const Fold& fold : m_folds) addScores(fold, centred, total, alphas, scores);
  for (double& score : scores.values()) score /= static_cast<double>(m_folds.size());
  return scores;
}

void RidgeFolds::addScores(const Fold& fold, const Matrix<double>& responses, const Matrix<double>& total,
                           std::span<const double> alphas, Matrix<double>& scores) const {
  const size_t targets = responses.cols();
  const auto heldCount = static_cast<double>(fold.count), others = static_cast<double>(m_rows.size() - fold.count);
  const Matrix<double> x = featureRows(fold.first, fold.count);
  const std::vector<double> xSums = columnSums(x, 0, fold.count);
  const std::vector<double> ySums = columnSums(responses, fold.first, fold.count);
  Matrix<double> held(x.cols(), targets);
  gemm(Transpose::Yes, Transpose::No, 1.0, x.view(), responses.view().block(fold.first, 0, fold.count, targets), 0.0,
       held.view());
  Matrix<double> train = minus(total, held);
  subtractMeans(train, scaled(xSums, -1 / others), scaled(ySums, -1 / others), others);
  subtractMeans(held, scaled(xSums, 1 / heldCount), scaled(ySums, 1 / heldCount), heldCount);
  const Matrix<double> q = product(Transpose::No, fold.eigen.vectors, train);
  const Matrix<double> d = product(Transpose::No, fold.eigen.vectors, held);
  std::vector<double> ySquares(targets);
  for (size_t r = fold.first; r < fold.first + fold.count; ++r)
    for (size_t c = 0; c < targets; ++c) ySquares[c] += std::pow(responses(r, c) - ySums[c] / heldCount, 2);
  Matrix<double> w(q.rows(), targets);
  for (size_t a = 0; a < alphas.size(); ++a) {
    for (size_t i = 0; i < w.rows(); ++i)
      for (size_t c = 0; c < targets; ++c) w(i, c) = q(i, c) / (std::max(0.0, fold.eigen.values[i]) + alphas[a]);
    const Matrix<double> cw = product(Transpose::No, fold.heldGram, w);
    std::vector<double> wd(targets), wcw(targets);
    for (size_t i = 0; i < w.rows(); ++i)
      for (size_t c = 0; c < targets; ++c) {
        wd[c] += w(i, c) * d(i, c);
        wcw[c] += w(i, c) * cw(i, c);
      }
    for (size_t c = 0; c < targets; ++c)
      if (const double r = wd[c] / std::sqrt(wcw[c] * ySquares[c]); std::isfinite(r)) scores(a, c) += r;
  }
}

}  // namespace corticast
