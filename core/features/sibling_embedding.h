#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "core/features/embedding.h"

namespace corticast {

struct Subject;

/// Whether two embeddings were made in the same way, whoever's pictures they are of: backbone, layer, parameters,
/// weights and stored form are equal.
[[nodiscard]] bool isMadeAlike(const EmbeddingInfo& a, const EmbeddingInfo& b);

/// Among `infos`, newest first: the finished embedding of a subject's pictures (`listing`: picture_set.h) that goes
/// with `named`, which may be of another subject. That is one made alike; arrays made elsewhere are one file per
/// subject, so of them the newest by the same layer and form, from the same file where there is one. Null when there
/// is none.
[[nodiscard]] const EmbeddingInfo* siblingOf(const EmbeddingInfo& named, std::span<const EmbeddingInfo> infos,
                                             const std::string& subject, const std::string& listing);

/// Where a subject's features lie when a plan names an embedding by its folder: that folder if it is the subject's,
/// else the sibling beside it, else again that folder (which may hold the subject's pictures all the same). Throws
/// Error when the folder is no embedding.
[[nodiscard]] std::filesystem::path embeddingFolderOf(const Subject& subject, const std::filesystem::path& named);

}  // namespace corticast
