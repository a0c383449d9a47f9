#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "core/features/backbone.h"
#include "core/features/embedding.h"
#include "core/features/reduction.h"

namespace corticast {

/// Gives further pictures the features that an embedding has of its own: same backbone, layer, parameters and weights,
/// pooled, reduced and rounded in the same way.
///
///     PictureEmbedder embedder(readEmbeddingInfo(folder));
///     Matrix<float> features = embedder.embed(std::vector{readUprightImage(path)});   // [1 x featureCount()]
class PictureEmbedder {
 public:
  /// `weights`: where the weights lie now; empty: where they lay when the embedding was made. Throws Error for an
  /// embedding made elsewhere (precomputed), and when the weights are missing or other ones.
  explicit PictureEmbedder(EmbeddingInfo info, const std::filesystem::path& weights = {});

  [[nodiscard]] const EmbeddingInfo& info() const { return m_info; }
  [[nodiscard]] Matrix<float> embed(std::span<const Image> pictures);

 private:
  EmbeddingInfo m_info;
  std::unique_ptr<Backbone> m_backbone;
  std::optional<Reduction> m_components;
};

}  // namespace corticast
