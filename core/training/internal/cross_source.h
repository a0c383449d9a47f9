#pragma once
#include <memory>
#include <vector>

#include "core/training/target_source.h"

namespace corticast {

/// Responses of several subjects as one matrix: rows are the subjects' images, one subject's after another's, columns
/// the outputs of a model. NaN where a row's subject has no column for an output.
class CrossSource final : public TargetSource {
 public:
  struct Part {
    size_t subject;  ///< index into `subjectRows`
    std::shared_ptr<const Responses> responses;
    std::vector<uint32_t> columns;  ///< of `responses`
    std::vector<uint32_t> outputs;  ///< for each of them, ascending
  };
  CrossSource(std::vector<Part> parts, std::vector<size_t> subjectRows, size_t outputs);

  size_t rows() const override { return m_firstRow.back(); }
  size_t columns() const override { return m_outputs; }
  void gather(std::span<const uint32_t> rows, size_t firstColumn, MatrixView<float> out) const override;
  void release() const override;

 private:
  std::vector<Part> m_parts;
  std::vector<size_t> m_firstRow;  // of each subject, and the end
  size_t m_outputs;
};

}  // namespace corticast
