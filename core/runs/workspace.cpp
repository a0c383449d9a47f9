#include "core/runs/workspace.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/runs/lease.h"
#include "core/runs/ulid.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "corticast-workspace";
constexpr int kVersion = 1;
constexpr size_t kLeastIdDigits = 4;

fs::path workspaceFile(const fs::path& root) {
  return root / "workspace.json";
}

[[noreturn]] void refuse(const fs::path& root, const std::string& why, const std::string& remedy) {
  throw Error(ErrorParts{.what = "open workspace", .where = root.string(), .why = why, .remedy = remedy});
}

[[noreturn]] void failChanging(const std::string& what, const fs::path& where, const std::string& why) {
  throw Error(ErrorParts{.what = what,
                         .where = where.string(),
                         .why = why,
                         .remedy = "check permissions and free space of the workspace"});
}

void makeFolder(const fs::path& path, const std::string& what) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) failChanging(what, path, failure.message());
}

std::vector<RunFolder> runsIn(const fs::path& folder) {
  std::vector<RunFolder> runs;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure))
    if (isUlid(entry->path().filename().string()) && entry->is_directory()) runs.emplace_back(entry->path());
  std::sort(runs.begin(), runs.end(), [](const RunFolder& a, const RunFolder& b) { return a.id() < b.id(); });
  return runs;
}

std::string nameOf(const RunFolder& run) {
  try {
    return run.readMeta().name;
  } catch (const Error&) {
    return {};
  }
}

void fillRun(const RunFolder& run, const Json& plan, RunStatus status) {
  for (const fs::path& folder : {run.inbox(), run.epochs(), run.checkpoints(), run.models()})
    makeFolder(folder, "make run");
  writeJsonFile(run.planFile(), plan);
  const auto name = plan.find("name");
  run.writeMeta({.name = name != plan.end() && name->is_string() ? name->get<std::string>() : "", .note = ""});
  const double now = unixSeconds();
  run.writeState({.status = status, .reason = "", .created = now, .changed = now});
}

// The lease makes sure that no worker takes the run up while it moves, and that only one of two movers does it.
void moveRun(const RunFolder& run, const fs::path& folder, const std::string& what) {
  if (!fs::exists(run.planFile()))
    throw Error(ErrorParts{.what = what,
                           .where = run.path().string(),
                           .why = "there is no such run",
                           .remedy = "reload the list of runs"});
  Lease lease = Lease::claim(run.path());
  makeFolder(folder, what);
  const fs::path target = folder / run.id();
  std::error_code failure;
  fs::rename(run.path(), target, failure);
  if (failure) failChanging(what, run.path(), failure.message());
  lease.folderMoved(target);
}

}  // namespace

Workspace::Workspace(fs::path root, std::string uuid) : m_root(std::move(root)), m_uuid(std::move(uuid)) {}

Workspace Workspace::open(const fs::path& root) {
  if (!fs::exists(workspaceFile(root)))
    refuse(root, fs::exists(root) ? "it holds no workspace.json" : "there is no such folder",
           "choose a workspace folder, or an empty one to make a workspace in");
  const Json json = readJsonFile(workspaceFile(root));
  if (!json.is_object() || json.value("format", "") != kFormat)
    refuse(root, "workspace.json is not a Corticast workspace", "choose another folder");
  if (const auto version = json.find("version");
      version == json.end() || !version->is_number_integer() || *version > kVersion)
    refuse(root, "it was made by a newer version of Corticast", "open it with that version");
  const auto uuid = json.find("uuid");
  if (uuid == json.end() || !uuid->is_string()) refuse(root, "workspace.json has no uuid", "restore the file");
  return {fs::absolute(root), uuid->get<std::string>()};
}

Workspace Workspace::openOrCreate(const fs::path& root) {
  if (!fs::exists(workspaceFile(root))) {
    if (fs::exists(root) && !fs::is_directory(root)) refuse(root, "it is a file", "choose a folder");
    const bool hasRuns = fs::exists(root / "runs");
    if (fs::exists(root) && !fs::is_empty(root) && !hasRuns)
      refuse(root, "the folder is not empty and holds no workspace.json", "choose an empty or a new folder");
    makeFolder(root, "make workspace");
    writeJsonFile(workspaceFile(root), Json{{"format", kFormat}, {"version", kVersion}, {"uuid", newUlid()}});
  }
  Workspace workspace = open(root);
  if (workspace.isWritable())
    for (const fs::path& folder : {workspace.runsFolder(), workspace.embeddingsFolder(), workspace.trashFolder()})
      makeFolder(folder, "make workspace");
  return workspace;
}

bool Workspace::isWritable() const {
  return ::access(m_root.c_str(), W_OK) == 0;
}

std::vector<RunFolder> Workspace::runs() const {
  return runsIn(runsFolder());
}

RunFolder Workspace::find(const std::string& text) const {
  if (text.find('/') != std::string::npos && fs::exists(fs::path(text) / "plan.json")) return RunFolder(text);
  std::vector<RunFolder> found;
  for (const RunFolder& run : runs()) {
    const bool isId = text.size() >= kLeastIdDigits && run.id().starts_with(text);
    if (isId || (!text.empty() && nameOf(run) == text)) found.push_back(run);
  }
  if (found.size() == 1) return found.front();
  throw Error(ErrorParts{.what = "find run",
                         .where = m_root.string(),
                         .why = found.empty() ? "no run is called \"" + text + "\""
                                              : std::to_string(found.size()) + " runs are called \"" + text + "\"",
                         .remedy = "give the run's id (corticast-cli runs lists them)"});
}

RunFolder Workspace::createRun(const Json& plan, RunStatus status) const {
  makeFolder(runsFolder(), "make run");
  for (;;) {
    const std::vector<RunFolder> before = runs();
    const std::string id = newUlid(before.empty() ? "" : before.back().id());
    // Two programs may draw the same id in one moment: the folder being filled must be this call's alone.
    const RunFolder hidden(runsFolder() / (".new-" + newUlid()));
    const fs::path target = runsFolder() / id;
    try {
      fillRun(hidden, plan, status);
      if (::rename(hidden.path().c_str(), target.c_str()) == 0) {
        syncToDisk(runsFolder());
        return RunFolder(target);
      }
      // Another program made a run of this name in the same moment.
      if (errno != ENOTEMPTY && errno != EEXIST) failChanging("make run", target, systemReason());
    } catch (...) {
      std::error_code ignored;
      fs::remove_all(hidden.path(), ignored);
      throw;
    }
    fs::remove_all(hidden.path());
  }
}

void Workspace::rename(const RunFolder& run, const std::string& name) const {
  RunMeta meta = run.readMeta();
  meta.name = name;
  run.writeMeta(meta);
}

void Workspace::setNote(const RunFolder& run, const std::string& note) const {
  RunMeta meta = run.readMeta();
  meta.note = note;
  run.writeMeta(meta);
}

void Workspace::moveToTrash(const RunFolder& run) const {
  moveRun(run, trashFolder(), "move run to the trash");
}

RunFolder Workspace::restoreFromTrash(const std::string& id) const {
  moveRun(RunFolder(trashFolder() / id), runsFolder(), "restore run from the trash");
  return RunFolder(runsFolder() / id);
}

std::vector<RunFolder> Workspace::trashedRuns() const {
  return runsIn(trashFolder());
}

void Workspace::emptyTrash() const {
  for (const RunFolder& run : trashedRuns()) {
    std::error_code failure;
    fs::remove_all(run.path(), failure);
    if (failure) failChanging("empty the trash", run.path(), failure.message());
  }
  std::error_code failure;
  fs::remove_all(trashFolder() / "embeddings", failure);
  if (failure) failChanging("empty the trash", trashFolder() / "embeddings", failure.message());
}

Workspace workspaceOf(const RunFolder& run) {
  return Workspace::open(fs::absolute(run.path()).parent_path().parent_path());
}

}  // namespace corticast
