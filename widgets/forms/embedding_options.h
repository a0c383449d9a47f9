#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/features/embed.h"

namespace corticast {

struct Study;

/// One way of turning the chosen subjects' pictures into features: an embedding that the workspace has, or one that
/// can be made. Embeddings of one backbone and layer that differ in parameters, weights or what is stored are options
/// of their own.
struct EmbeddingOption {
  std::string backbone = {};
  std::string layer = {};
  std::string label = {};  ///< "Gabor pyramid, contrast energy"
  /// Names it in a plan where there are others of its backbone and layer; "" where these say it all.
  std::string folder = {};
  std::optional<EmbeddingInfo> made = {};           ///< how it was made, of one of the subjects; none: by the defaults
  std::vector<std::filesystem::path> folders = {};  ///< of the chosen subjects that have it
  std::vector<size_t> shape = {};         ///< of one picture, {D} or {C, H, W}; empty: not known before it is made
  std::vector<std::string> missing = {};  ///< chosen subjects whose pictures are not embedded yet
  uint64_t missingPictures = 0;           ///< of those subjects
  std::string weights = {};               ///< what file is needed to make it, in words; "" when none is

  [[nodiscard]] uint64_t features() const;  ///< per picture; 0: not known before it is made
  [[nodiscard]] bool isReady() const { return missing.empty(); }
  /// Whether it can be made at once, without asking for a file.
  [[nodiscard]] bool canBeMade() const;
  /// What makes it for the subjects that lack it, but for a file of weights.
  [[nodiscard]] EmbedOptions making() const;
};

/// What there is for these subjects, ready ones first, then the backbones that can be made. Reads the workspace's
/// embeddings and looks at every picture's size: not for the UI thread. Throws Error when a picture is missing.
[[nodiscard]] std::vector<EmbeddingOption> embeddingOptions(const std::filesystem::path& workspace, const Study& study,
                                                            const std::vector<std::string>& subjects);

/// The option that a plan without a folder asks for; null when there is none. An empty layer means any. Of several
/// it is the plainest one, that is neither pooled, reduced nor rounded.
[[nodiscard]] const EmbeddingOption* findOption(const std::vector<EmbeddingOption>& options,
                                                const std::string& backbone, const std::string& layer);

/// The option that a subject's embedding in this folder belongs to; null when it is in none.
[[nodiscard]] const EmbeddingOption* findOption(const std::vector<EmbeddingOption>& options,
                                                const std::filesystem::path& folder);

/// A layer's name for an array made elsewhere, from its file's name: "my clip (v2).npy" -> "my_clip_v2".
[[nodiscard]] std::string layerOfArray(const std::filesystem::path& file);

}  // namespace corticast
