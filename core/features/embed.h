#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/features/embedding.h"
#include "core/linalg/device.h"

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
  std::filesystem::path workspace = {};
  StoredForm form = {};         ///< pooling, components and type of the stored numbers
  SplitConfig pcaSplit = {};    ///< the components are fitted on its training side only
  bool skipBroken = false;      ///< leave pictures out that cannot be decoded, instead of stopping at the first
  std::string device = "auto";  ///< that backbones with usesDevices compute on, as chooseDevice takes it
  unsigned threads = 0;         ///< that decode pictures; 0 = all there are
  size_t shardImages = 512;     ///< pictures per file at most (and 256 MB)
};

/// Where it would be computed: the CPU, or the device asked for if the backbone can use one. Throws Error for a device
/// that is not to be had.
[[nodiscard]] Device embedDevice(const EmbedOptions& options);

/// Makes the embedding of each subject's training and test pictures, or finds the finished one again by the hash of
/// its content (backbone, layer, parameters, weights, every picture's name and bytes) and returns it at once. The
/// device is no part of it: numbers are the same to rounding.
/// One folder per subject, in the order of `options.subjects` (or the study's). An interrupted extraction is taken up
/// after its last finished shard; a second process that wants the same embedding waits for the first. Memory does not
/// grow with the number of pictures. With `form.pca` the features of the pictures that the components are fitted on lie
/// in the folder's `staging/` until it is finished.
/// Throws Error naming a broken picture, an unknown subject or backbone, weights that do not fit, a device that is not
/// to be had, and for a finished embedding that lacks pictures which `options` does not allow to skip; Cancelled.
[[nodiscard]] std::vector<Embedding> embedStudy(const Study& study, const EmbedOptions& options,
                                                ProgressReporter& progress);

/// What a few pictures tell about embedding all of them.
struct EmbedTrial {
  std::vector<size_t> shape;     ///< of the backbone's layer, before `form` changes it
  double secondsPerPicture = 0;  ///< decoding included; of the later pictures
  uint64_t pictures = 0;         ///< the subject's
  StoredBytes bytes;             ///< for all of them
};
/// Makes the backbone ready and embeds the first pictures of a subject, storing nothing. Throws as embedStudy does,
/// and when `form` does not fit the layer.
[[nodiscard]] EmbedTrial tryEmbedding(const Subject& subject, const EmbedOptions& options, ProgressReporter& progress);

/// The finished embedding in a workspace for this subject's pictures (same names and sizes), the newest if there are
/// several (other parameters or weights), one that is stored as it was computed before pooled, reduced or rounded ones;
/// empty `layer` = any. Nothing when there is none. Reads no picture.
[[nodiscard]] std::optional<Embedding> findEmbedding(const std::filesystem::path& workspace,
                                                     const std::string& backbone, const std::string& layer,
                                                     const Subject& subject);

/// Every embedding folder of a workspace, finished or not, newest first; folders without a readable index are left out.
[[nodiscard]] std::vector<EmbeddingInfo> listEmbeddings(const std::filesystem::path& workspace);

}  // namespace corticast
