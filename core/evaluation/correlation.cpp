#include "core/evaluation/correlation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"

namespace corticast {
namespace {

constexpr float kUndefined = std::numeric_limits<float>::quiet_NaN();

std::string shape(MatrixView<const float> matrix) {
  return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols());
}

}  // namespace

PearsonAccumulator::PearsonAccumulator(size_t columns) : m_columns(columns) {}

void PearsonAccumulator::add(MatrixView<const float> prediction, MatrixView<const float> response) {
  if (prediction.rows() != response.rows() || prediction.cols() != response.cols() ||
      prediction.cols() != m_columns.size())
    throw Error({.what = "correlate predictions with responses",
                 .where = "predictions " + shape(prediction) + ", responses " + shape(response),
                 .why = "the shapes disagree (" + std::to_string(m_columns.size()) + " columns are expected)",
                 .remedy = "use predictions and responses of the same images and vertices"});
  for (size_t row = 0; row < prediction.rows(); ++row) {
    ++m_rows;
    const double weight = 1.0 / static_cast<double>(m_rows);
    const auto predicted = prediction.row(row);
    const auto measured = response.row(row);
    for (size_t i = 0; i < m_columns.size(); ++i) {
      Column& column = m_columns[i];
      const double x = predicted[i];
      const double y = measured[i];
      if (m_rows == 1) {
        column.firstPrediction = predicted[i];
        column.firstResponse = measured[i];
      }
      column.predictionVaries |= predicted[i] != column.firstPrediction;
      column.responseVaries |= measured[i] != column.firstResponse;
      const double dx = x - column.meanPrediction;
      const double dy = y - column.meanResponse;
      column.meanPrediction += dx * weight;
      column.meanResponse += dy * weight;
      column.squaresPrediction += dx * (x - column.meanPrediction);
      column.squaresResponse += dy * (y - column.meanResponse);
      column.products += dx * (y - column.meanResponse);
      column.squaredError += (y - x) * (y - x);
    }
  }
}

void PearsonAccumulator::merge(const PearsonAccumulator& other) {
  if (other.m_columns.size() != m_columns.size())
    throw Error(
        {.what = "put correlations together",
         .where = std::to_string(m_columns.size()) + " and " + std::to_string(other.m_columns.size()) + " columns",
         .why = "the numbers of vertices differ",
         .remedy = "use predictions of the same vertices"});
  if (other.m_rows == 0) return;
  if (m_rows == 0) {
    *this = other;
    return;
  }
  const auto n = static_cast<double>(m_rows), m = static_cast<double>(other.m_rows);
  for (size_t i = 0; i < m_columns.size(); ++i) {
    Column& a = m_columns[i];
    const Column& b = other.m_columns[i];
    const double dx = b.meanPrediction - a.meanPrediction, dy = b.meanResponse - a.meanResponse;
    a.squaresPrediction += b.squaresPrediction + dx * dx * n * m / (n + m);
    a.squaresResponse += b.squaresResponse + dy * dy * n * m / (n + m);
    a.products += b.products + dx * dy * n * m / (n + m);
    a.meanPrediction += dx * m / (n + m);
    a.meanResponse += dy * m / (n + m);
    a.squaredError += b.squaredError;
    a.predictionVaries |= b.predictionVaries || a.firstPrediction != b.firstPrediction;
    a.responseVaries |= b.responseVaries || a.firstResponse != b.firstResponse;
  }
  m_rows += other.m_rows;
}

Matrix<double> PearsonAccumulator::moments() const {
  Matrix<double> all(kMoments, m_columns.size());
  for (size_t i = 0; i < m_columns.size(); ++i) {
    const Column& c = m_columns[i];
    const std::array<double, kMoments> values = {static_cast<double>(m_rows),
                                                 c.meanPrediction,
                                                 c.meanResponse,
                                                 c.squaresPrediction,
                                                 c.squaresResponse,
                                                 c.products,
                                                 c.squaredError,
                                                 c.firstPrediction,
                                                 c.firstResponse,
                                                 c.predictionVaries ? 1.0 : 0.0,
                                                 c.responseVaries ? 1.0 : 0.0};
    for (size_t k = 0; k < kMoments; ++k) all(k, i) = values[k];
  }
  return all;
}

PearsonAccumulator PearsonAccumulator::fromMoments(const Matrix<double>& moments) {
  if (moments.rows() != kMoments)
    throw Error({.what = "read correlations that are not finished",
                 .where = std::to_string(moments.rows()) + " x " + std::to_string(moments.cols()),
                 .why = "there must be " + std::to_string(kMoments) + " rows",
                 .remedy = "the file was changed or damaged; train the plan again"});
  PearsonAccumulator accumulator(moments.cols());
  for (size_t i = 0; i < moments.cols(); ++i) {
    accumulator.m_rows = static_cast<size_t>(moments(0, i));
    accumulator.m_columns[i] = {.meanPrediction = moments(1, i),
                                .meanResponse = moments(2, i),
                                .squaresPrediction = moments(3, i),
                                .squaresResponse = moments(4, i),
                                .products = moments(5, i),
                                .squaredError = moments(6, i),
                                .firstPrediction = static_cast<float>(moments(7, i)),
                                .firstResponse = static_cast<float>(moments(8, i)),
                                .predictionVaries = moments(9, i) != 0,
                                .responseVaries = moments(10, i) != 0};
  }
  return accumulator;
}

std::vector<float> PearsonAccumulator::correlation() const {
  std::vector<float> result(m_columns.size(), kUndefined);
  for (size_t i = 0; i < m_columns.size(); ++i) {
    const Column& column = m_columns[i];
    if (!column.predictionVaries || !column.responseVaries) continue;
    const double r = column.products / std::sqrt(column.squaresPrediction * column.squaresResponse);
    result[i] = static_cast<float>(std::clamp(r, -1.0, 1.0));
  }
  return result;
}

std::vector<float> PearsonAccumulator::determination() const {
  std::vector<float> result(m_columns.size(), kUndefined);
  for (size_t i = 0; i < m_columns.size(); ++i)
    if (m_columns[i].responseVaries)
      result[i] = static_cast<float>(1.0 - m_columns[i].squaredError / m_columns[i].squaresResponse);
  return result;
}

std::vector<float> pearson(MatrixView<const float> prediction, MatrixView<const float> response) {
  PearsonAccumulator accumulator(response.cols());
  accumulator.add(prediction, response);
  return accumulator.correlation();
}

}  // namespace corticast
