#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "core/linalg/aligned_matrix.h"
#include "core/training/target_source.h"

namespace corticast {

/// Columns of one group inside a block.
struct Segment {
  size_t group = 0;
  size_t first = 0;  ///< column over all groups
  size_t count = 0;
};

/// Adjacent columns that are worked on together, whatever groups they belong to.
struct ColumnBlock {
  size_t first = 0;
  size_t count = 0;
  std::vector<Segment> segments;
};

/// Adjacent segments of a block whose groups are all still at work: one matrix product.
struct Stretch {
  size_t first = 0;
  size_t count = 0;
  std::vector<Segment> segments;
};

/// Cuts the columns of all groups (`offsets`: first column per group, one more at the end) into blocks of `largest`
/// columns, the last one shorter. The cut depends on nothing else, so results do not either.
[[nodiscard]] std::vector<ColumnBlock> cutColumns(const std::vector<size_t>& offsets, size_t largest);
[[nodiscard]] std::vector<Stretch> activeStretches(const ColumnBlock& block,
                                                   const std::function<bool(size_t group)>& isActive);

/// Responses by block [rows x columns of the block], kept from the first reading on while they fit `budget`.
/// Different blocks may be asked for from several threads at once.
class BlockResponses {
 public:
  BlockResponses(std::vector<std::shared_ptr<const TargetSource>> sources, std::vector<size_t> offsets,
                 const std::vector<ColumnBlock>& blocks, std::vector<uint32_t> rows, uint64_t budget);

  /// The kept matrix, or `scratch` filled with the values.
  [[nodiscard]] const AlignedMatrix& block(size_t index, const ColumnBlock& block, AlignedMatrix& scratch);
  [[nodiscard]] const std::vector<uint32_t>& rows() const { return m_rows; }
  /// After an epoch: what was read through mapped files may leave memory.
  void release() const;

 private:
  void read(const ColumnBlock& block, AlignedMatrix& out) const;

  std::vector<std::shared_ptr<const TargetSource>> m_sources;
  std::vector<size_t> m_offsets;
  std::vector<uint32_t> m_rows;
  std::vector<AlignedMatrix> m_kept;
  std::vector<bool> m_isKept;
};

}  // namespace corticast
