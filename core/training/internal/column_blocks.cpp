#include "core/training/internal/column_blocks.h"

#include <algorithm>

namespace corticast {

std::vector<ColumnBlock> cutColumns(const std::vector<size_t>& offsets, size_t largest) {
  const size_t columns = offsets.back();
  std::vector<ColumnBlock> blocks;
  size_t group = 0;
  for (size_t first = 0; first < columns; first += largest) {
    const size_t end = std::min(columns, first + largest);
    ColumnBlock block{.first = first, .count = end - first, .segments = {}};
    for (size_t at = block.first; at < end;) {
      while (offsets[group + 1] <= at) ++group;
      const size_t until = std::min(end, offsets[group + 1]);
      block.segments.push_back({group, at, until - at});
      at = until;
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

std::vector<Stretch> activeStretches(const ColumnBlock& block, const std::function<bool(size_t)>& isActive) {
  std::vector<Stretch> stretches;
  for (const Segment& segment : block.segments) {
    if (!isActive(segment.group)) continue;
    if (stretches.empty() || stretches.back().first + stretches.back().count != segment.first)
      stretches.push_back({segment.first, 0, {}});
    stretches.back().count += segment.count;
    stretches.back().segments.push_back(segment);
  }
  return stretches;
}

BlockResponses::BlockResponses(std::vector<std::shared_ptr<const TargetSource>> sources, std::vector<size_t> offsets,
                               const std::vector<ColumnBlock>& blocks, std::vector<uint32_t> rows, uint64_t budget)
    : m_sources(std::move(sources)),
      m_offsets(std::move(offsets)),
      m_rows(std::move(rows)),
      m_kept(blocks.size()),
      m_isKept(blocks.size()) {
  uint64_t used = 0;
  for (size_t b = 0; b < blocks.size(); ++b) {
    const uint64_t bytes = uint64_t{m_rows.size()} * (blocks[b].count + 15) * sizeof(float);
    if (used + bytes > budget) break;
    used += bytes;
    m_isKept[b] = true;
  }
}

const AlignedMatrix& BlockResponses::block(size_t index, const ColumnBlock& block, AlignedMatrix& scratch) {
  AlignedMatrix& target = m_isKept[index] ? m_kept[index] : scratch;
  if (m_isKept[index] && target.rows() > 0) return target;
  target = AlignedMatrix(m_rows.size(), block.count);
  read(block, target);
  return target;
}

void BlockResponses::read(const ColumnBlock& block, AlignedMatrix& out) const {
  for (const Segment& segment : block.segments)
    m_sources[segment.group]->gather(m_rows, segment.first - m_offsets[segment.group],
                                     out.view().block(0, segment.first - block.first, m_rows.size(), segment.count));
}

void BlockResponses::release() const {
  for (const auto& source : m_sources) source->release();
}

}  // namespace corticast
