#include "core/evaluation/dependent_correlations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"
#include "core/evaluation/student_t.h"

namespace corticast {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Moments {
  std::vector<double> mean;
  std::vector<char> varies;
};

Moments momentsOf(MatrixView<const float> source) {
  Moments moments{std::vector<double>(source.cols()), std::vector<char>(source.cols())};
  const auto n = static_cast<double>(source.rows());
  for (size_t row = 0; row < source.rows(); ++row)
    for (size_t i = 0; i < source.cols(); ++i) {
      moments.mean[i] += source(row, i) / n;
      moments.varies[i] |= source(row, i) != source(0, i);
    }
  return moments;
}

std::string shape(MatrixView<const float> matrix) {
  return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols());
}

void requireSameShape(MatrixView<const float> first, MatrixView<const float> second, MatrixView<const float> response) {
  if (first.rows() == response.rows() && second.rows() == response.rows() && first.cols() == response.cols() &&
      second.cols() == response.cols())
    return;
  throw Error({.what = "compare two predictions",
               .where = shape(first) + " and " + shape(second) + " predictions, " + shape(response) + " responses",
               .why = "the shapes disagree",
               .remedy = "use predictions of the same images and vertices"});
}

}  // namespace

CorrelationTest williamsTest(double r1, double r2, double r12, size_t images) {
  if (images < 4 || std::isnan(r1) || std::isnan(r2) || std::isnan(r12)) return {kNaN, kNaN};
  if (r1 == r2) return {0, 1};
  const auto n = static_cast<double>(images);
  // Rounding may leave a determinant of nearly equal predictions slightly below 0.
  const double determinant = std::max(0.0, 1 - r1 * r1 - r2 * r2 - r12 * r12 + 2 * r1 * r2 * r12);
  const double middle = (r1 + r2) / 2;
  const double spread = 2 * determinant * (n - 1) / (n - 3) + middle * middle * std::pow(1 - r12, 3);
  const double t = (r1 - r2) * std::sqrt((n - 1) * (1 + r12) / spread);
  return {t, studentTwoSided(t, n - 3)};
}

std::vector<TripleCorrelation> tripleCorrelations(MatrixView<const float> first, MatrixView<const float> second,
                                                  MatrixView<const float> response) {
  requireSameShape(first, second, response);
  const size_t columns = response.cols();
  const std::array sources{first, second, response};
  std::array<Moments, 3> moments{momentsOf(first), momentsOf(second), momentsOf(response)};
  std::array<std::vector<double>, 6> sums;  // of products of sources a <= b: 00 01 02 11 12 22
  for (auto& sum : sums) sum.resize(columns);
  for (size_t row = 0; row < response.rows(); ++row)
    for (size_t i = 0; i < columns; ++i) {
      std::array<double, 3> d{};
      for (size_t s = 0; s < 3; ++s) d[s] = sources[s](row, i) - moments[s].mean[i];
      sums[0][i] += d[0] * d[0];
      sums[1][i] += d[0] * d[1];
      sums[2][i] += d[0] * d[2];
      sums[3][i] += d[1] * d[1];
      sums[4][i] += d[1] * d[2];
      sums[5][i] += d[2] * d[2];
    }
  const auto correlation = [&](size_t a, size_t b, size_t aa, size_t bb, size_t ab, size_t i) {
    if (!moments[a].varies[i] || !moments[b].varies[i]) return kNaN;
    return std::clamp(sums[ab][i] / std::sqrt(sums[aa][i] * sums[bb][i]), -1.0, 1.0);
  };
  std::vector<TripleCorrelation> triples(columns);
  for (size_t i = 0; i < columns; ++i)
    triples[i] = {correlation(0, 2, 0, 5, 2, i), correlation(1, 2, 3, 5, 4, i), correlation(0, 1, 0, 3, 1, i)};
  return triples;
}

}  // namespace corticast
