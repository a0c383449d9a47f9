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

std::vector<double> columnSums(const Matrix<double>& values) {
  std::vector<double> sums(values.cols());
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < sums.size(); ++c) sums[c] += values(r, c);
  return sums;
}

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

Matrix<double> product(Transpose transpose, const Matrix<double>& a, const Matrix<double>& b) {
  Matrix<double> result(transpose == Transpose::Yes ? a.cols() : a.rows(), b.cols());
  gemm(transpose, Transpose::No, 1.0, a.view(), b.view(), 0.0, result.view());
  return result;
}

// Adds, per target, the sums over the basis of w d and of w (C w).
void addProducts(const Matrix<double>& w, const Matrix<double>& d, const Matrix<double>& cw,
                 std::vector<double>& wdSums, std::vector<double>& wcwSums) {
  const size_t targets = w.cols();
  double* __restrict const wd = wdSums.data();
  double* __restrict const wcw = wcwSums.data();
  for (size_t i = 0; i < w.rows(); ++i) {
    const double* __restrict const wi = w.row(i).data();
    const double* __restrict const di = d.row(i).data();
    const double* __restrict const ci = cw.row(i).data();
    for (size_t c = 0; c < targets; ++c) {
      wd[c] += wi[c] * di[c];
      wcw[c] += wi[c] * ci[c];
    }
  }
}

void scaleRows(const Matrix<double>& q, const std::vector<double>& values, double alpha, Matrix<double>& w) {
  for (size_t i = 0; i < w.rows(); ++i) {
    const double factor = 1 / (std::max(0.0, values[i]) + alpha);
    const double* __restrict const from = q.row(i).data();
    double* __restrict const to = w.row(i).data();
    for (size_t c = 0; c < w.cols(); ++c) to[c] = factor * from[c];
  }
}

}  // namespace

std::vector<double> alphaGrid(double low, double high, int count) {
  std::vector<double> alphas;
  for (int i = 0; i < count; ++i)
    alphas.push_back(low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(count - 1)));
  return alphas;
}

RidgeFolds::RidgeFolds(const CentredFeatures& features, size_t folds, const std::stop_token& stop) : m_folds(folds) {
  if (features.rows() < 2 * folds)
    throw Error({.what = "choose ridge penalties",
                 .where = std::to_string(folds) + " folds",
                 .why = "there are only " + std::to_string(features.rows()) + " training pictures",
                 .remedy = "use fewer folds or a fixed penalty"});
  if (features.cols() > kMostFeatures)
    throw Error({.what = "choose ridge penalties",
                 .where = std::to_string(features.cols()) + " features",
                 .why = "a penalty per vertex takes a decomposition of all features for each fold",
                 .remedy = "reduce the features by PCA to at most " + std::to_string(kMostFeatures) +
                           ", or use a fixed penalty"});
  const std::vector<size_t> bounds = cutRows(features.rows(), folds);
  Matrix<double> total(features.cols(), features.cols());
  for (size_t k = 0; k < folds; ++k) {
    if (stop.stop_requested()) throw Cancelled();
    const Matrix<double> x = features.rowSlice(bounds[k], bounds[k + 1] - bounds[k]);
    m_folds[k].heldSums = columnSums(x);
    m_folds[k].heldGram = product(Transpose::Yes, x, x);
    for (size_t i = 0; i < total.values().size(); ++i) total.values()[i] += m_folds[k].heldGram.values()[i];
  }
  for (size_t k = 0; k < folds; ++k) {
    if (stop.stop_requested()) throw Cancelled();
    Fold& fold = m_folds[k];
    const auto count = static_cast<double>(bounds[k + 1] - bounds[k]);
    const double others = static_cast<double>(features.rows()) - count;
    Matrix<double> train = minus(total, fold.heldGram);
    const std::vector<double> trainMeans = scaled(fold.heldSums, -1 / others);  // all rows together have mean 0
    subtractMeans(train, trainMeans, trainMeans, others);
    fold.eigen = eigenSymmetric(train);
    const std::vector<double> heldMeans = scaled(fold.heldSums, 1 / count);
    subtractMeans(fold.heldGram, heldMeans, heldMeans, count);
    const Matrix<double> half = product(Transpose::No, fold.eigen.vectors, fold.heldGram);
    gemm(Transpose::No, Transpose::Yes, 1.0, half.view(), fold.eigen.vectors.view(), 0.0, fold.heldGram.view());
  }
}

Matrix<double> RidgeFolds::scores(const ResponseMoments& moments, std::span<const double> alphas) const {
  const ResponseMoments::Run all = moments.whole();
  Matrix<double> scores(alphas.size(), moments.origin.size());
  for (size_t k = 0; k < m_folds.size(); ++k) addScores(m_folds[k], moments.runs[k], all, alphas, scores);
  for (double& score : scores.values()) score /= static_cast<double>(m_folds.size());
  return scores;
}

void RidgeFolds::addScores(const Fold& fold, const ResponseMoments::Run& held, const ResponseMoments::Run& all,
                           std::span<const double> alphas, Matrix<double>& scores) const {
  const size_t targets = held.sums.size();
  const auto heldCount = static_cast<double>(held.count), others = static_cast<double>(all.count - held.count);
  Matrix<double> train = minus(all.products, held.products), heldProducts = held.products;
  subtractMeans(train, scaled(fold.heldSums, -1 / others), scaled(minus(all.sums, held.sums), 1 / others), others);
  subtractMeans(heldProducts, scaled(fold.heldSums, 1 / heldCount), scaled(held.sums, 1 / heldCount), heldCount);
  const std::vector<double> ySquares = held.squaresAboutMeans();
  const Matrix<double> q = product(Transpose::No, fold.eigen.vectors, train);
  const Matrix<double> d = product(Transpose::No, fold.eigen.vectors, heldProducts);
  Matrix<double> w(q.rows(), targets), cw(q.rows(), targets);
  for (size_t a = 0; a < alphas.size(); ++a) {
    scaleRows(q, fold.eigen.values, alphas[a], w);
    gemm(Transpose::No, Transpose::No, 1.0, fold.heldGram.view(), w.view(), 0.0, cw.view());
    std::vector<double> wd(targets), wcw(targets);
    addProducts(w, d, cw, wd, wcw);
    for (size_t c = 0; c < targets; ++c)
      if (const double r = wd[c] / std::sqrt(wcw[c] * ySquares[c]); std::isfinite(r)) scores(a, c) += r;
  }
}

}  // namespace corticast
