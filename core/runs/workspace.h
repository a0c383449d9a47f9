#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/runs/run_folder.h"

namespace corticast {

/// The folder that holds runs and embeddings, and the only truth about them:
///
///     workspace.json {"format": "corticast-workspace", "version": 1, "uuid": ...}
///     runs/<ulid>/  embeddings/  embed-jobs/<ulid>/  trash/<ulid>/  trash/embeddings/
///
/// Any number of programs may work on one workspace; nothing is cached here. A workspace that cannot be written
/// can be looked at.
class Workspace {
 public:
  /// Throws Error when `root` is no workspace, or one of a newer version.
  [[nodiscard]] static Workspace open(const std::filesystem::path& root);
  /// Opens it, or makes it when `root` is missing or an empty folder.
  [[nodiscard]] static Workspace openOrCreate(const std::filesystem::path& root);

  [[nodiscard]] const std::filesystem::path& root() const { return m_root; }
  [[nodiscard]] const std::string& uuid() const { return m_uuid; }
  [[nodiscard]] std::filesystem::path runsFolder() const { return m_root / "runs"; }
  [[nodiscard]] std::filesystem::path embeddingsFolder() const { return m_root / "embeddings"; }
  [[nodiscard]] std::filesystem::path trashFolder() const { return m_root / "trash"; }
  [[nodiscard]] bool isWritable() const;

  /// All runs, oldest first.
  [[nodiscard]] std::vector<RunFolder> runs() const;
  /// The run that `text` means: a run folder's path, an id, the unique beginning of an id (4 characters or more),
  /// or a unique name. Throws Error when there is none or more than one.
  [[nodiscard]] RunFolder find(const std::string& text) const;

  /// Makes a run with this plan; it appears whole, in the given status. The plan's "name" becomes the run's.
  [[nodiscard]] RunFolder createRun(const Json& plan, RunStatus status = RunStatus::Queued) const;
  void rename(const RunFolder& run, const std::string& name) const;
  void setNote(const RunFolder& run, const std::string& note) const;

  /// Moves a run to the trash; throws Error while a worker holds it.
  void moveToTrash(const RunFolder& run) const;
  /// Brings it back from the trash. Throws Error when it is not there.
  RunFolder restoreFromTrash(const std::string& id) const;
  [[nodiscard]] std::vector<RunFolder> trashedRuns() const;
  /// Removes what lies in the trash for good; links in it are removed, not followed.
  void emptyTrash() const;

 private:
  Workspace(std::filesystem::path root, std::string uuid);

  std::filesystem::path m_root;
  std::string m_uuid;
};

/// The workspace that a run folder lies in (<workspace>/runs/<id>).
[[nodiscard]] Workspace workspaceOf(const RunFolder& run);

}  // namespace corticast
