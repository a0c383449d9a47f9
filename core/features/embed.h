#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/features/embedding.h"

namespace corticast {

struct Study;
struct Subject;

/// What to embed, and with what.
struct EmbedOptions {
  std::string backbone = "gabor";          ///< an id of backbones.h, or "precomputed"
  std::string layer = {};                  ///< "" = the backbone's default
  Json parameters = Json::object();        ///< of the backbone; missing ones keep their defaults
  std::filesystem::path weights = {};      ///< weights file; precomputed: the array for the training pictures
  std::filesystem::path testWeights = {};  ///< precomputed only: the array for the test pictures
  std::vector<std::string> subjects = {};  ///< ids; none = all
  std::filesystem::path workspace;
  unsigned threads = 0;      ///< that decode pictures; 0 = all there are
  size_t shardImages = 512;  ///< pictures per file at most (and 256 MB)
};

/// Makes the embedding of each subject's training and test pictures, or finds the finished one again by the hash of
/// its content (backbone, layer, parameters, weights, every picture's name and bytes) and returns it at once.
/// One folder per subject, in the order of `options.subjects` (or the study's). An interrupted extraction is taken up
/// after its last finished shard; a second process that wants the same embedding waits for the first.
/// Throws Error naming a broken picture, an unknown subject or backbone, weights that do not fit; Cancelled.
[[nodiscard]] std::vector<Embedding> embedStudy(const Study& study, const EmbedOptions& options,
                                                ProgressReporter& progress);

/// The finished embedding in a workspace for this subject's pictures (same names and sizes), the newest if there are
/// several (other parameters or weights); empty `layer` = any. Nothing when there is none. Reads no picture.
[[nodiscard]] std::optional<Embedding> findEmbedding(const std::filesystem::path& workspace,
                                                     const std::string& backbone, const std::string& layer,
                                                     const Subject& subject);

/// Every embedding folder of a workspace, finished or not, newest first; folders without a readable index are left out.
[[nodiscard]] std::vector<EmbeddingInfo> listEmbeddings(const std::filesystem::path& workspace);

}  // namespace corticast
