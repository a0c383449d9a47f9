#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/formats/safetensors.h"

namespace corticast {

/// A training at one moment: enough to go on from there bit by bit.
struct Checkpoint {
  uint64_t step = 0;  ///< epochs since the run began, over all cohorts
  std::vector<NamedTensor> tensors;
  Json state;  ///< object
  /// The less the better, e.g. the mean validation loss; absent where there is none.
  std::optional<double> score;
};

struct CheckpointCost {
  double seconds = 0;
  uint64_t bytes = 0;
};

/// The checkpoints of a run:
///
///     <folder>/<step, 8 digits>/state.safetensors  state.json  SHA256SUMS  DONE
///
/// A checkpoint is written in a hidden folder and renamed, DONE last in it, so it is there whole or not at all. The
/// newest two and the one with the best score are kept. One writer: the worker that holds the run's lease.
class CheckpointStore {
 public:
  explicit CheckpointStore(std::filesystem::path folder);

  /// Steps of the complete checkpoints, ascending.
  [[nodiscard]] std::vector<uint64_t> steps() const;

  /// Writes it and then removes what is not kept. Throws Error (the disk is full, say) and leaves the older ones
  /// untouched and nothing half-written. A checkpoint of the same step is replaced.
  CheckpointCost save(const Checkpoint& checkpoint) const;

  /// The newest checkpoint whose files are what was written (SHA-256). Each damaged one that is passed over is
  /// reported by `warn` in one sentence. Nothing when there is no good one.
  [[nodiscard]] std::optional<Checkpoint> loadNewest(const std::function<void(const std::string&)>& warn) const;

  /// Removes all but the newest complete one: what a finished run has no more use for.
  void keepNewest() const;
  /// Removes checkpoints newer than `step`, and what a killed worker left half-written.
  void discardAfter(uint64_t step) const;

 private:
  [[nodiscard]] std::filesystem::path folderOf(uint64_t step) const;
  [[nodiscard]] Checkpoint load(uint64_t step) const;
  void write(const Checkpoint& checkpoint, const std::filesystem::path& folder) const;
  void prune() const;

  std::filesystem::path m_folder;
};

}  // namespace corticast
