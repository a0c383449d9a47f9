#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "core/base/json.h"
#include "core/runs/run_layout.h"

namespace corticast {

enum class RunStatus { Queued, Running, Paused, Done, Failed, Cancelled };
[[nodiscard]] std::string toString(RunStatus status);  ///< "queued", "running", ...

/// state.json. Times are seconds since 1970 (UTC), 0 where it has not happened.
struct RunState {
  RunStatus status = RunStatus::Queued;
  std::string reason;  ///< why it is paused, failed or cancelled, for a person; else empty
  double created = 0;
  double started = 0;   ///< by the first worker
  double changed = 0;   ///< of `status`
  double finished = 0;  ///< done, failed or cancelled
  int attempts = 0;     ///< workers that took the run up
  int exitCode = 0;     ///< of the last worker that ended by itself

  /// Whether a worker may take it up (again): everything but done.
  [[nodiscard]] bool isResumable() const { return status != RunStatus::Done; }
};

/// meta.json: what a person says about a run; may change at any time.
struct RunMeta {
  std::string name;
  std::string note;
};

/// One run's folder: where things lie in it, and the small JSON files.
///
///     plan.json            the plan, written once when the run is made
///     start.json           what the first worker found: data fingerprint, threads, build (written once)
///     groups.json          how the plan was cut (RunLayout), with columns/<cohort>.npy; written once
///     state.json meta.json RunState, RunMeta
///     lease.json lease/    who writes (lease.h)
///     journal.jsonl        journal.h
///     inbox/               requests to the worker (inbox.h)
///     epochs/              <cohort>-<epoch, 5 digits>.npy: correlation per column, float32
///     checkpoints/<step>/  checkpoint_store.h
///     models/              <cohort>.safetensors, when the cohort is through
///     predictions.h5 scores.h5 log.txt
///
/// Every file but journal and log appears whole (atomic_file.h), so a folder can be read at any time by anyone.
/// Functions throw Error when a file is missing or damaged, unless said otherwise.
class RunFolder {
 public:
  explicit RunFolder(std::filesystem::path path);

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  [[nodiscard]] std::string id() const { return m_path.filename().string(); }

  [[nodiscard]] std::filesystem::path planFile() const { return m_path / "plan.json"; }
  [[nodiscard]] std::filesystem::path startFile() const { return m_path / "start.json"; }
  [[nodiscard]] std::filesystem::path groupsFile() const { return m_path / "groups.json"; }
  [[nodiscard]] std::filesystem::path stateFile() const { return m_path / "state.json"; }
  [[nodiscard]] std::filesystem::path metaFile() const { return m_path / "meta.json"; }
  [[nodiscard]] std::filesystem::path journalFile() const { return m_path / "journal.jsonl"; }
  [[nodiscard]] std::filesystem::path logFile() const { return m_path / "log.txt"; }
  [[nodiscard]] std::filesystem::path inbox() const { return m_path / "inbox"; }
  [[nodiscard]] std::filesystem::path epochs() const { return m_path / "epochs"; }
  [[nodiscard]] std::filesystem::path checkpoints() const { return m_path / "checkpoints"; }
  [[nodiscard]] std::filesystem::path models() const { return m_path / "models"; }
  [[nodiscard]] std::filesystem::path predictionsFile() const { return m_path / "predictions.h5"; }
  [[nodiscard]] std::filesystem::path scoresFile() const { return m_path / "scores.h5"; }
  [[nodiscard]] std::filesystem::path epochFile(const std::string& cohort, int epoch) const;
  [[nodiscard]] std::filesystem::path columnsFile(const std::string& cohort) const;
  [[nodiscard]] std::filesystem::path modelFile(const std::string& cohort) const;

  [[nodiscard]] Json readPlan() const;
  [[nodiscard]] RunState readState() const;
  void writeState(const RunState& state) const;
  /// Empty name and note where there is no meta.json.
  [[nodiscard]] RunMeta readMeta() const;
  void writeMeta(const RunMeta& meta) const;
  /// Nothing before the run's first worker has cut the plan.
  [[nodiscard]] std::optional<RunLayout> readLayout() const;
  void writeLayout(const RunLayout& layout) const;

 private:
  std::filesystem::path m_path;
};

/// Seconds since 1970 (UTC), for the times in RunState.
[[nodiscard]] double unixSeconds();

}  // namespace corticast
