#include "core/training/internal/subject_targets.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/training/internal/validation.h"

namespace corticast {
namespace {

Matrix<float> gatherRows(MatrixView<const float> from, const std::vector<size_t>& rows) {
  Matrix<float> to(rows.size(), from.cols());
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(i).begin());
  return to;
}

}  // namespace

SubjectTargets::SubjectTargets(const TargetGroup& group, const CohortData& data, size_t outputs)
    : m_outputs(outputs), m_columns(outputs) {
  if (data.rowSubject.empty()) return;
  const auto refuse = [&](const std::string& why) {
    throw Error({.what = "prepare a training",
                 .where = group.id,
                 .why = why,
                 .remedy = "this is a fault of the program; please report it"});
  };
  if (group.outputCount() != outputs)
    refuse("its parts have " + std::to_string(group.outputCount()) + " outputs, its responses " +
           std::to_string(outputs));
  m_subjects = data.subjects.size();
  m_rowSubject = data.rowSubject;
  m_measured.assign(m_subjects, 0);
  m_columns = 0;
  for (size_t p = 0; p < group.parts.size(); ++p) {
    const auto subject = std::ranges::find(data.subjects, group.parts[p].subject) - data.subjects.begin();
    if (static_cast<size_t>(subject) == m_subjects) refuse("no row is of its subject " + group.parts[p].subject);
    m_parts.push_back({static_cast<uint32_t>(subject), m_columns, group.outputsOf(p)});
    m_measured[static_cast<size_t>(subject)] += m_parts.back().outputs.size();
    m_columns += m_parts.back().outputs.size();
  }
}

uint64_t SubjectTargets::measured(std::span<const uint32_t> rows) const {
  if (!isShared()) return rows.size() * m_outputs;
  uint64_t count = 0;
  for (const uint32_t row : rows) count += m_measured[m_rowSubject[row]];
  return count;
}

void SubjectTargets::score(std::span<const uint32_t> rows, size_t first, MatrixView<const float> prediction,
                           std::span<const float> bias, MatrixView<const float> response,
                           std::span<double> squaredError, std::span<float> correlation) const {
  if (isShared()) {
    std::ranges::fill(squaredError.subspan(first, prediction.cols()), 0.0);
    for (uint32_t subject = 0; subject < m_subjects; ++subject)
      scoreSubject(subject, rows, first, prediction, bias, response, squaredError, correlation);
    return;
  }
  const ValidationScores scores = scoreValidation(prediction, bias, response);
  std::ranges::copy(scores.squaredError, squaredError.begin() + static_cast<std::ptrdiff_t>(first));
  std::ranges::copy(scores.correlation, correlation.begin() + static_cast<std::ptrdiff_t>(first));
}

void SubjectTargets::scoreSubject(uint32_t subject, std::span<const uint32_t> rows, size_t first,
                                  MatrixView<const float> prediction, std::span<const float> bias,
                                  MatrixView<const float> response, std::span<double> squaredError,
                                  std::span<float> correlation) const {
  std::vector<size_t> own;
  for (size_t i = 0; i < rows.size(); ++i)
    if (m_rowSubject[rows[i]] == subject) own.push_back(i);
  // Outputs that the subject lacks come out as NaN and are not taken.
  const ValidationScores scores =
      scoreValidation(gatherRows(prediction, own).view(), bias, gatherRows(response, own).view());
  for (const Part& part : m_parts) {
    if (part.subject != subject) continue;
    const auto begin = std::ranges::lower_bound(part.outputs, first);
    const auto end = std::ranges::lower_bound(part.outputs, first + prediction.cols());
    for (auto output = begin; output < end; ++output) {
      const size_t column = part.firstColumn + static_cast<size_t>(output - part.outputs.begin());
      squaredError[*output] += scores.squaredError[*output - first];
      correlation[column] = scores.correlation[*output - first];
    }
  }
}

}  // namespace corticast
