#include "core/evaluation/correlation.h"

#include <algorithm>
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
