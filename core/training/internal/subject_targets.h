#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/matrix.h"
#include "core/training/prepare.h"
#include "core/training/target_group.h"

namespace corticast {

/// Which outputs of a group's model are measured in which rows, and how its validation scores become one value per
/// target column. With one subject, every output in every row, and columns are outputs.
class SubjectTargets {
 public:
  /// `outputs`: columns of the group's TargetSource. Throws Error when the group's parts do not fit it or the data.
  SubjectTargets(const TargetGroup& group, const CohortData& data, size_t outputs);

  /// Target columns: the values of EpochResult::correlation that belong to the group.
  [[nodiscard]] size_t columns() const { return m_columns; }
  [[nodiscard]] bool isShared() const { return m_subjects > 1; }
  /// Measured values of all outputs in these rows of the data.
  [[nodiscard]] uint64_t measured(std::span<const uint32_t> rows) const;

  /// Scores the outputs [first, first + prediction.cols()) on rows of the data (the validation split, say);
  /// prediction, without its bias, and response are [rows x outputs], response NaN where nothing is measured.
  /// `squaredError` [outputs of the group] gets the sum over measured rows, `correlation` [columns()] Pearson r over
  /// the rows of the column's own subject. Distinct blocks may be scored at the same time.
  void score(std::span<const uint32_t> rows, size_t first, MatrixView<const float> prediction,
             std::span<const float> bias, MatrixView<const float> response, std::span<double> squaredError,
             std::span<float> correlation) const;

 private:
  struct Part {
    uint32_t subject;
    size_t firstColumn;  // of the part in the group's columns
    std::vector<uint32_t> outputs;
  };
  void scoreSubject(uint32_t subject, std::span<const uint32_t> rows, size_t first, MatrixView<const float> prediction,
                    std::span<const float> bias, MatrixView<const float> response, std::span<double> squaredError,
                    std::span<float> correlation) const;

  size_t m_outputs;
  size_t m_columns;
  size_t m_subjects = 1;
  std::vector<Part> m_parts;         // empty with one subject
  std::vector<uint64_t> m_measured;  // outputs measured in a row of each subject
  std::vector<uint32_t> m_rowSubject;
};

}  // namespace corticast
