#pragma once
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/features/embed.h"

namespace corticast {

enum class EmbedStatus { Running, Paused, Done, Failed, Interrupted };
[[nodiscard]] std::string toString(EmbedStatus status);  ///< "running", ...

/// What a viewer knows of an extraction at one moment.
struct EmbedJob {
  std::filesystem::path path;
  std::filesystem::path dataset;
  EmbedOptions options;
  EmbedStatus status = EmbedStatus::Running;
  std::string text;     ///< "embed pictures of subj01: 512 of 1,040 pictures"
  double fraction = 0;  ///< 0..1 of the stage that `text` tells of
  std::optional<double> secondsLeft;
  std::string reason;                           ///< of Failed and Interrupted
  std::vector<std::filesystem::path> finished;  ///< embeddings of the subjects that are done

  [[nodiscard]] std::string id() const { return path.filename().string(); }
};

/// Extractions of a workspace, each done by a process of its own (`corticast-cli embed-work FOLDER`) that outlives
/// whoever started it:
///
///     <workspace>/embed-jobs/<ulid>/
///       job.json     {"version": 1, "dataset": ..., and what EmbedOptions say}, written once
///       state.json   how it stands, by the process; replaced in one step
///       ask          "pause": the process stops after what it is at, and keeps finished shards
///       log.txt      what the process says
///
/// Functions throw Error when files cannot be read or written or the process cannot be started.
class EmbedJobs {
 public:
  explicit EmbedJobs(std::filesystem::path workspace);

  /// Makes a job and starts its process. One that is to make the same and is not done is taken up instead: it goes on
  /// where it stands, or is resumed.
  EmbedJob start(const std::filesystem::path& dataset, const EmbedOptions& options) const;
  /// Oldest first. Folders that are no jobs are left out. A job whose process is gone without a word is Interrupted.
  [[nodiscard]] std::vector<EmbedJob> list() const;
  void pause(const std::string& id) const;
  /// Goes on after the last finished shard.
  void resume(const std::string& id) const;
  /// Forgets a job; one that runs is stopped first by its process. Finished shards stay in the workspace.
  void remove(const std::string& id) const;

 private:
  std::filesystem::path m_workspace;
};

/// What the process does. Ends when the job is done, failed or asked to stop.
EmbedStatus workOnEmbedding(const std::filesystem::path& job, std::stop_token stop);

[[nodiscard]] Json toJson(const EmbedOptions& options);
/// `where` names the file in errors.
[[nodiscard]] EmbedOptions embedOptionsFromJson(const Json& json, const std::string& where);

/// Moves an embedding's folder to the workspace's trash and returns where it lies then; the reverse. Throw Error when
/// it cannot be moved.
std::filesystem::path moveEmbeddingToTrash(const std::filesystem::path& workspace, const std::filesystem::path& folder);
void restoreEmbedding(const std::filesystem::path& workspace, const std::filesystem::path& trashed);

}  // namespace corticast
