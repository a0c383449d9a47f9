#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"

namespace corticast {

enum class GroupProgress { Waiting, Training, Stopped, Finished, Failed };
[[nodiscard]] std::string toString(GroupProgress progress);  ///< "waiting", "training", ...

/// One target group's history; entry i of each vector is epoch i + 1. NaN where a value is undefined.
struct GroupCurve {
  std::vector<double> trainLoss;
  std::vector<double> validationLoss;
  std::vector<double> learningRate;
  std::vector<double> correlation;  ///< mean over the group's columns, validation images
  GroupProgress progress = GroupProgress::Waiting;
  int bestEpoch = 0;   ///< 1-based; 0 before the first epoch
  std::string reason;  ///< of Stopped ("no better for 10 epochs") and Failed

  [[nodiscard]] int epochs() const { return static_cast<int>(trainLoss.size()); }
  /// Value at the best epoch, NaN before the first.
  [[nodiscard]] double bestTrainLoss() const;
  [[nodiscard]] double bestValidationLoss() const;
  [[nodiscard]] double bestCorrelation() const;
};

/// Something that happened, for the log panel.
struct RunEvent {
  double time = 0;    ///< seconds since 1970
  std::string level;  ///< "info", "warning", "error"
  std::string text;
};

/// What a viewer knows of a run at one moment; never changes.
struct RunSnapshot {
  std::string id;
  std::filesystem::path path;
  RunMeta meta;
  RunState state;
  std::shared_ptr<const Json> plan;
  std::shared_ptr<const RunLayout> layout;  ///< null before the plan was cut

  bool isWorkerAlive = false;
  bool isCrashed = false;     ///< running by state.json, but its worker is gone; can be resumed
  std::string worker;         ///< "process 4711 on node12", empty without one
  double lastCheckpoint = 0;  ///< seconds since 1970; 0: none yet
  std::string device;         ///< one line: "CPU, 2 threads (no CUDA driver)"
  uint64_t memoryBytes = 0;

  std::vector<std::vector<GroupCurve>> curves;  ///< [cohort][group], as in `layout`
  int cohort = -1;                              ///< the one being trained, or the last; -1 before the first
  int epoch = 0;                                ///< of that cohort, the last finished one
  double fraction = 0;                          ///< 0..1 of the whole run
  std::optional<double> secondsLeft;            ///< while running; by the pace so far, at most as long as maxEpochs
  double secondsPerEpoch = 0;                   ///< lately; 0 before the first
  std::string stage;                            ///< "prepare", "train", "evaluate"; empty when not running
  double meanCorrelation = 0;                   ///< over all columns at each group's best epoch; NaN before the first
  std::vector<RunEvent> events;
  std::vector<std::string> damage;  ///< "journal.jsonl, line 17: checksum is wrong"
};

/// Reads a run folder again and again, cheaply: each `read` takes in only what is new.
///
///     RunReader reader(folder);
///     std::shared_ptr<const RunSnapshot> snapshot = reader.read();   // now
///     ... later: snapshot = reader.read();                           // the same object when nothing changed
///
/// Never writes. One thread at a time. Damage of journal or state is reported in the snapshot, not thrown; throws
/// Error only when the folder itself is gone or its plan cannot be read.
class RunReader {
 public:
  explicit RunReader(RunFolder folder);
  ~RunReader();
  RunReader(RunReader&&) noexcept;
  RunReader& operator=(RunReader&&) noexcept;

  [[nodiscard]] std::shared_ptr<const RunSnapshot> read();
  [[nodiscard]] const RunFolder& folder() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace corticast
