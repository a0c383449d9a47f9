#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/features/embedding.h"

namespace corticast {

/// Writes one shard of `info` in one step: /embedding [rows x ...shape], /image, attributes. `values` is
/// [rows x featureCount()], `names` as many.
void writeShard(const std::filesystem::path& path, const EmbeddingInfo& info, size_t firstRow,
                std::span<const std::string> names, MatrixView<const float> values);

/// A shard open for reading. Throws Error when it is not the shard that `info` tells of.
class ShardFile {
 public:
  ShardFile(const EmbeddingInfo& info, const EmbeddingShard& shard);
  ~ShardFile();
  ShardFile(const ShardFile&) = delete;
  ShardFile& operator=(const ShardFile&) = delete;

  [[nodiscard]] std::vector<std::string> names() const;
  /// Rows [first, first + count) of this shard into `out` [count x featureCount()].
  void read(size_t first, size_t count, std::span<float> out) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace corticast
