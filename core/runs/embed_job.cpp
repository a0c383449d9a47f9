#include "core/runs/embed_job.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/study.h"
#include "core/runs/process_identity.h"
#include "core/runs/spawn.h"
#include "core/runs/ulid.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;
constexpr std::array kStatuses = {"running", "paused", "done", "failed", "interrupted"};
constexpr auto kBetweenWrites = std::chrono::milliseconds(250);
constexpr auto kBetweenLooks = std::chrono::milliseconds(100);

fs::path stateFile(const fs::path& job) {
  return job / "state.json";
}
fs::path askFile(const fs::path& job) {
  return job / "ask";
}

EmbedStatus statusFrom(const std::string& text) {
  const auto found = std::ranges::find(kStatuses, text);
  return found == kStatuses.end() ? EmbedStatus::Interrupted : static_cast<EmbedStatus>(found - kStatuses.begin());
}

void writeState(const EmbedJob& job) {
  Json finished = Json::array();
  for (const fs::path& each : job.finished) finished.push_back(each.string());
  writeJsonFile(stateFile(job.path), {{"status", toString(job.status)},
                                      {"text", job.text},
                                      {"fraction", job.fraction},
                                      {"secondsLeft", job.secondsLeft ? Json(*job.secondsLeft) : Json()},
                                      {"reason", job.reason},
                                      {"finished", finished},
                                      {"process", toJson(thisProcess())}});
}

EmbedJob readRequest(const fs::path& folder) {
  const fs::path file = folder / "job.json";
  const Json json = readJsonFile(file);
  if (!json.is_object() || json.value("version", 0) != kVersion)
    throw Error({.what = "read an extraction",
                 .where = file.string(),
                 .why = "it is not one of this version",
                 .remedy = "remove the folder and embed again"});
  EmbedJob job;
  job.path = folder;
  job.dataset = json.value("dataset", std::string());
  job.options = embedOptionsFromJson(json.at("options"), file.string());
  job.options.workspace = folder.parent_path().parent_path();
  return job;
}

void readState(EmbedJob& job) {
  const Json json = readJsonFile(stateFile(job.path));
  job.status = statusFrom(json.value("status", std::string()));
  job.text = json.value("text", std::string());
  job.fraction = json.value("fraction", 0.0);
  if (const auto left = json.find("secondsLeft"); left != json.end() && left->is_number()) job.secondsLeft = *left;
  job.reason = json.value("reason", std::string());
  for (const Json& each : json.value("finished", Json::array())) job.finished.emplace_back(each.get<std::string>());
  const bool isGone = livenessOf(processFromJson(json.value("process", Json::object()))) == Liveness::Dead;
  if (job.status == EmbedStatus::Running && isGone) {
    job.status = EmbedStatus::Interrupted;
    job.reason = "its process ended without a word; resume it to go on after the last finished shard";
  }
}

void spawn(EmbedJob job) {
  const std::string cli = findCli().string();  // may throw: before anything says that the job runs
  job.status = EmbedStatus::Running;
  job.text = "starting";
  job.reason.clear();
  job.secondsLeft.reset();
  writeState(job);  // until the process says so itself
  spawnAndForget({cli, "embed-work", job.path.string()}, job.path / "log.txt");
}

/// What `job.json` holds; two of the same make the same embeddings.
Json requestFor(const fs::path& dataset, const EmbedOptions& options) {
  EmbedOptions all = options;
  if (!all.weights.empty()) all.weights = fs::absolute(all.weights);
  if (!all.testWeights.empty()) all.testWeights = fs::absolute(all.testWeights);
  return {{"version", kVersion}, {"dataset", fs::absolute(dataset).string()}, {"options", toJson(all)}};
}

// One that was asked to pause and still runs is on its way out.
bool canBeTakenUp(const EmbedJob& job) {
  return job.status != EmbedStatus::Done && (job.status != EmbedStatus::Running || !fs::exists(askFile(job.path)));
}

/// Turns the file `ask` into a stop request.
class AskWatch {
 public:
  AskWatch(fs::path job, std::stop_source& stop)
      : m_thread([job = std::move(job), &stop](const std::stop_token& end) {
          while (!end.stop_requested()) {
            std::error_code ignored;
            // A job that was removed has nobody left who waits for it.
            if (fs::exists(askFile(job), ignored) || !fs::exists(job, ignored)) stop.request_stop();
            std::this_thread::sleep_for(kBetweenLooks);
          }
        }) {}

 private:
  std::jthread m_thread;
};

void extract(EmbedJob& job, std::stop_source& stop) {
  auto written = std::chrono::steady_clock::time_point{};
  ProgressReporter progress(
      [&](const Progress& now) {
        job.text = now.stage + ": " + now.detail;
        job.fraction = now.fraction;
        job.secondsLeft = now.secondsLeft;
        if (std::chrono::steady_clock::now() - written < kBetweenWrites) return;
        written = std::chrono::steady_clock::now();
        writeState(job);
      },
      stop.get_token());
  const Study study = openStudy(job.dataset);
  std::vector<std::string> subjects = job.options.subjects;
  if (subjects.empty())
    for (const Subject& subject : study.subjects) subjects.push_back(subject.id);
  for (const std::string& subject : subjects) {
    EmbedOptions options = job.options;
    options.subjects = {subject};
    job.finished.push_back(embedStudy(study, options, progress).front().info().path);
  }
}

}  // namespace

std::string toString(EmbedStatus status) {
  return kStatuses.at(static_cast<size_t>(status));
}

Json toJson(const EmbedOptions& options) {
  return {{"backbone", options.backbone},
          {"layer", options.layer},
          {"parameters", options.parameters},
          {"weights", options.weights.string()},
          {"testWeights", options.testWeights.string()},
          {"subjects", options.subjects},
          {"form", StoredForm::fields().toJson(options.form)},
          {"pcaSplit", SplitConfig::fields().toJson(options.pcaSplit)},
          {"skipBroken", options.skipBroken},
          {"device", options.device},
          {"shardImages", options.shardImages}};
}

EmbedOptions embedOptionsFromJson(const Json& json, const std::string& where) {
  EmbedOptions options;
  try {
    options.backbone = json.at("backbone").get<std::string>();
    options.layer = json.value("layer", std::string());
    options.parameters = json.value("parameters", Json::object());
    options.weights = json.value("weights", std::string());
    options.testWeights = json.value("testWeights", std::string());
    options.subjects = json.value("subjects", std::vector<std::string>());
    options.form = StoredForm::fields().fromJson(json.value("form", Json::object()), where);
    options.pcaSplit = SplitConfig::fields().fromJson(json.value("pcaSplit", Json::object()), where);
    options.skipBroken = json.value("skipBroken", false);
    options.device = json.value("device", options.device);
    options.shardImages = json.value("shardImages", options.shardImages);
  } catch (const Json::exception& wrong) {
    throw Error({.what = "read what is to be embedded",
                 .where = where,
                 .why = std::string("a field is missing or of the wrong type (") + wrong.what() + ")",
                 .remedy = "ask for the embedding again"});
  }
  return options;
}

EmbedJobs::EmbedJobs(fs::path workspace) : m_workspace(std::move(workspace)) {}

EmbedJob EmbedJobs::start(const fs::path& dataset, const EmbedOptions& options) const {
  const Json request = requestFor(dataset, options);
  for (const EmbedJob& job : list()) {
    if (!canBeTakenUp(job) || requestFor(job.dataset, job.options) != request) continue;
    if (job.status != EmbedStatus::Running) resume(job.id());
    return job;
  }
  const fs::path folder = m_workspace / "embed-jobs" / newUlid();
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure)
    throw Error({.what = "start an extraction",
                 .where = folder.string(),
                 .why = failure.message(),
                 .remedy = "check that the workspace can be written"});
  writeJsonFile(folder / "job.json", request);
  EmbedJob job = readRequest(folder);
  spawn(job);
  return job;
}

std::vector<EmbedJob> EmbedJobs::list() const {
  std::vector<EmbedJob> jobs;
  std::error_code failure;
  for (fs::directory_iterator entry(m_workspace / "embed-jobs", failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (!fs::exists(entry->path() / "job.json")) continue;
    try {
      EmbedJob job = readRequest(entry->path());
      readState(job);
      jobs.push_back(std::move(job));
    } catch (const std::exception&) {
      continue;  // being removed, or no job of ours
    }
  }
  std::ranges::sort(jobs, {}, &EmbedJob::path);
  return jobs;
}

void EmbedJobs::pause(const std::string& id) const {
  writeFileAtomically(askFile(m_workspace / "embed-jobs" / id), "pause");
}

void EmbedJobs::resume(const std::string& id) const {
  const fs::path folder = m_workspace / "embed-jobs" / id;
  std::error_code ignored;
  fs::remove(askFile(folder), ignored);
  spawn(readRequest(folder));
}

void EmbedJobs::remove(const std::string& id) const {
  const fs::path folder = m_workspace / "embed-jobs" / id;
  std::error_code failure;
  fs::remove_all(folder, failure);
  if (failure)
    throw Error({.what = "forget an extraction",
                 .where = folder.string(),
                 .why = failure.message(),
                 .remedy = "check that the workspace can be written"});
}

EmbedStatus workOnEmbedding(const fs::path& folder, std::stop_token stop) {
  EmbedJob job = readRequest(folder);
  job.text = "starting";
  writeState(job);
  std::stop_source ask;
  const std::stop_callback forward(stop, [&ask] { ask.request_stop(); });
  try {
    const AskWatch watch(folder, ask);
    extract(job, ask);
    job.status = EmbedStatus::Done;
    job.fraction = 1;
  } catch (const Cancelled&) {
    job.status = EmbedStatus::Paused;
  } catch (const std::exception& failure) {
    job.status = EmbedStatus::Failed;
    job.reason = failure.what();
  }
  job.secondsLeft.reset();
  if (fs::exists(folder)) writeState(job);
  return job.status;
}

fs::path moveEmbeddingToTrash(const fs::path& workspace, const fs::path& folder) {
  const fs::path target = workspace / "trash" / "embeddings" / folder.filename();
  std::error_code failure;
  fs::create_directories(target.parent_path(), failure);
  fs::remove_all(target, failure);  // the same content, deleted earlier
  fs::rename(folder, target, failure);
  if (failure)
    throw Error({.what = "move an embedding to the trash",
                 .where = folder.string(),
                 .why = failure.message(),
                 .remedy = "check that the workspace can be written"});
  return target;
}

void restoreEmbedding(const fs::path& workspace, const fs::path& trashed) {
  std::error_code failure;
  fs::rename(trashed, workspace / "embeddings" / trashed.filename(), failure);
  if (failure)
    throw Error({.what = "bring an embedding back from the trash",
                 .where = trashed.string(),
                 .why = failure.message(),
                 .remedy = "embed the pictures again"});
}

}  // namespace corticast
