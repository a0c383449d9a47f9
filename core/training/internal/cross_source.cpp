#include "core/training/internal/cross_source.h"

#include <algorithm>
#include <limits>

#include "core/data/responses.h"

namespace corticast {
CrossSource::CrossSource(std::vector<Part> parts, std::vector<size_t> subjectRows, size_t outputs)
    : m_parts(std::move(parts)), m_outputs(outputs) {
  m_firstRow.push_back(0);
  for (const size_t rows : subjectRows) m_firstRow.push_back(m_firstRow.back() + rows);
}

void CrossSource::gather(std::span<const uint32_t> rows, size_t firstColumn, MatrixView<float> out) const {
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::fill(out.row(i), std::numeric_limits<float>::quiet_NaN());
  std::vector<std::vector<uint32_t>> places(m_firstRow.size() - 1), own(places.size());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const auto subject = static_cast<size_t>(std::ranges::upper_bound(m_firstRow, rows[i]) - m_firstRow.begin()) - 1;
    places.at(subject).push_back(i);
    own[subject].push_back(rows[i] - static_cast<uint32_t>(m_firstRow[subject]));
  }
  for (const Part& part : m_parts) {
    const auto first = std::ranges::lower_bound(part.outputs, firstColumn) - part.outputs.begin();
    const auto last = std::ranges::lower_bound(part.outputs, firstColumn + out.cols()) - part.outputs.begin();
    if (first == last || own[part.subject].empty()) continue;
    const auto count = static_cast<size_t>(last - first);
    Matrix<float> values(own[part.subject].size(), count);
    part.responses->gather(own[part.subject], std::span(part.columns).subspan(static_cast<size_t>(first), count),
                           values.view());
    for (size_t i = 0; i < values.rows(); ++i)
      for (size_t c = 0; c < count; ++c)
        out(places[part.subject][i], part.outputs[static_cast<size_t>(first) + c] - firstColumn) = values(i, c);
  }
}

void CrossSource::release() const {
  for (const Part& part : m_parts) part.responses->release();
}

}  // namespace corticast
