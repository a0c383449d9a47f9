#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/matrix.h"

namespace corticast {

/// What models see of pictures [rows x featureCount()], reduced and finite; held in memory or read from disk row by
/// row. May be used from several threads at once.
///
///     Matrix<float> batch(rows.size(), source.featureCount());
///     source.gather(rows, batch.view());
class FeatureSource {
 public:
  virtual ~FeatureSource() = default;
  [[nodiscard]] virtual size_t rows() const = 0;
  /// Of one picture's features: {512}, or {256, 64, 64} for maps that no reduction has flattened.
  [[nodiscard]] virtual const std::vector<size_t>& shape() const = 0;
  /// Product of shape().
  [[nodiscard]] size_t featureCount() const;
  /// out(i, :) = features of rows[i], in any order, repeats allowed; out is [rows.size() x featureCount()].
  /// Throws Error when the disk does not give what was stored.
  virtual void gather(std::span<const uint32_t> rows, MatrixView<float> out) const = 0;
  /// Whether gather() only copies; otherwise it reads from disk, and what is needed often is better kept.
  [[nodiscard]] virtual bool isInMemory() const = 0;
};

/// Values held in memory [rows x features]; `shape` empty: {features}.
[[nodiscard]] std::shared_ptr<const FeatureSource> featureSource(Matrix<float> values, std::vector<size_t> shape = {});

}  // namespace corticast
