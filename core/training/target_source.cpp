#include "core/training/target_source.h"

#include <algorithm>

namespace corticast {
namespace {

class MemorySource final : public TargetSource {
 public:
  explicit MemorySource(Matrix<float> values) : m_values(std::move(values)) {}
  size_t rows() const override { return m_values.rows(); }
  size_t columns() const override { return m_values.cols(); }
  void gather(std::span<const uint32_t> rows, size_t firstColumn, MatrixView<float> out) const override {
    for (size_t i = 0; i < rows.size(); ++i)
      std::ranges::copy(m_values.row(rows[i]).subspan(firstColumn, out.cols()), out.row(i).begin());
  }

 private:
  Matrix<float> m_values;
};

}  // namespace

std::shared_ptr<const TargetSource> targetSource(Matrix<float> values) {
  return std::make_shared<MemorySource>(std::move(values));
}

}  // namespace corticast
