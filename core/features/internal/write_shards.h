#pragma once
#include <string>

#include "core/base/progress.h"
#include "core/features/embedding.h"
#include "core/features/embedding_source.h"
#include "core/features/picture_set.h"

namespace corticast {

/// Takes over the shards that an earlier extraction finished under info.path; true when it finished all. Throws Error
/// when another embedding lies there, or one that skipped pictures although `skipsBroken` does not allow it.
[[nodiscard]] bool takeUp(EmbeddingInfo& info, bool skipsBroken);

/// Writes the shards of `info` that are missing, each of at most `mostRows` pictures and 256 MB, and names it in the
/// index when it is on disk. Takes info.shape from the source. Throws Error for values that are not finite or too large
/// for the stored type, naming the picture.
void writeShards(EmbeddingInfo& info, const PictureSet& pictures, EmbeddingSource& source, size_t mostRows,
                 ProgressReporter& progress);

/// The rows of a backbone or array, pooled as options.form says.
[[nodiscard]] std::unique_ptr<EmbeddingSource> featuresOf(const EmbedOptions& options, const EmbeddingRecipe& recipe,
                                                          const PictureSet& pictures);
/// Their components: fits them (or reads them from info.path/reduction.safetensors) on training pictures, whose
/// features it keeps in info.path/staging meanwhile. Throws Error when so many components cannot be had.
[[nodiscard]] std::unique_ptr<EmbeddingSource> componentsOf(const EmbeddingInfo& info, const Subject& subject,
                                                            const EmbedOptions& options, const EmbeddingRecipe& recipe,
                                                            const PictureSet& pictures, ProgressReporter& progress);

inline constexpr const char* kStaging = "staging";

}  // namespace corticast
