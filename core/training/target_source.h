#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

class Responses;
struct Study;
struct TargetGroup;

/// The measured values of one target group [rows x outputs of its model], read in blocks. NaN: this row says nothing of
/// this output (its subject lacks the vertex), so a trainer leaves it out of the loss; only groups of several subjects
/// have such values. May be used from several threads at once.
class TargetSource {
 public:
  virtual ~TargetSource() = default;
  [[nodiscard]] virtual size_t rows() const = 0;
  [[nodiscard]] virtual size_t columns() const = 0;
  /// out(i, j) = value(rows[i], firstColumn + j); out is [rows x any count of columns].
  virtual void gather(std::span<const uint32_t> rows, size_t firstColumn, MatrixView<float> out) const = 0;
  /// Mapped pages may leave memory until they are read again.
  virtual void release() const {}
};

/// Training responses of the group's parts, straight from the study's mapped files. Rows are the training images of
/// `subjects`, one subject's after another's; empty: of the group's one subject. Throws Error when the study lacks a
/// part.
[[nodiscard]] std::shared_ptr<const TargetSource> targetSource(const TargetGroup& group, const Study& study,
                                                               const std::vector<std::string>& subjects = {});
/// Values held in memory [rows x columns].
[[nodiscard]] std::shared_ptr<const TargetSource> targetSource(Matrix<float> values);

}  // namespace corticast
