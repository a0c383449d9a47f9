#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/features/embedding.h"

namespace corticast {

/// Gives the next rows of a shard [any number x featureCount()] until it has given all of them.
using NextRows = std::function<Matrix<float>()>;

/// Writes one shard of `info` in one step: /embedding [rows x ...shape], /image, attributes. Rows are taken from `next`
/// until there is one for each of `names`; of them no more than one part and one chunk are held in memory.
void writeShard(const std::filesystem::path& path, const EmbeddingInfo& info, size_t firstRow,
                std::span<const std::string> names, const NextRows& next);

/// A shard open for reading. Throws Error when it is not the shard that `info` tells of.
class ShardFile {
 public:
  ShardFile(const EmbeddingInfo& info, const EmbeddingShard& shard);
  ~ShardFile();
  ShardFile(const ShardFile&) = delete;
  ShardFile& operator=(const ShardFile&) = delete;

  [[nodiscard]] std::vector<std::string> names() const;
  /// Rows first .. first + out.rows() of this shard.
  void read(size_t first, MatrixView<float> out) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace corticast
