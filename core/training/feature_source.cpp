#include "core/training/feature_source.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/base/error.h"

namespace corticast {
namespace {

class FeaturesInMemory final : public FeatureSource {
 public:
  FeaturesInMemory(Matrix<float> values, std::vector<size_t> shape)
      : m_values(std::move(values)), m_shape(std::move(shape)) {}
  size_t rows() const override { return m_values.rows(); }
  const std::vector<size_t>& shape() const override { return m_shape; }
  bool isInMemory() const override { return true; }
  void gather(std::span<const uint32_t> rows, MatrixView<float> out) const override {
    for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(m_values.row(rows[i]), out.row(i).begin());
  }

 private:
  Matrix<float> m_values;
  std::vector<size_t> m_shape;
};

size_t productOf(const std::vector<size_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), size_t{1}, std::multiplies<>());
}

}  // namespace

size_t FeatureSource::featureCount() const {
  return productOf(shape());
}

std::shared_ptr<const FeatureSource> featureSource(Matrix<float> values, std::vector<size_t> shape) {
  if (shape.empty()) shape = {values.cols()};
  if (productOf(shape) != values.cols())
    throw Error({.what = "hold features in memory",
                 .where = std::to_string(values.cols()) + " features",
                 .why = "their shape has " + std::to_string(productOf(shape)) + " values",
                 .remedy = "this is a fault of the program; please report it"});
  return std::make_shared<FeaturesInMemory>(std::move(values), std::move(shape));
}

}  // namespace corticast
