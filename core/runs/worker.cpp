#include "core/runs/worker.h"

#include <fstream>
#include <new>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/runs/checkpoint_store.h"
#include "core/runs/inbox.h"
#include "core/runs/lease.h"
#include "core/runs/run_loop.h"
#include "core/runs/run_results.h"
#include "core/runs/run_watch.h"

namespace corticast {
namespace {

std::string processorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

RunStatus statusOf(const RunFolder& folder) {
  try {
    return folder.readState().status;
  } catch (const Error&) {
    return RunStatus::Paused;  // a damaged state.json is written anew
  }
}

class Worker {
 public:
  Worker(const RunFolder& folder, const Lease& lease, const MakeJob& makeJob, const WorkerOptions& options)
      : m_folder(folder), m_makeJob(makeJob), m_options(options), m_watch(folder, lease, options) {}

  WorkEnd work();

 private:
  void begin();
  void train();
  [[nodiscard]] std::vector<std::string> checkStart(const RunJob& job, const Json& start) const;
  void writeStart(const RunJob& job) const;
  [[nodiscard]] Json startOf(const RunJob& job) const;
  WorkEnd end(RunStatus status, const std::string& reason, WorkEnd result);
  WorkEnd endAsked();

  const RunFolder& m_folder;
  const MakeJob& m_makeJob;
  const WorkerOptions& m_options;
  RunWatch m_watch;
  RunState m_state;
  std::unique_ptr<RunJob> m_job;
  std::unique_ptr<RunLoop> m_loop;
};

[[noreturn]] void refuseChanged(const std::string& where, const std::string& why) {
  throw Error(ErrorParts{.what = "resume run",
                         .where = where,
                         .why = why,
                         .remedy = "bring back the data it was started with, or train the plan anew"});
}

void Worker::begin() {
  try {
    m_state = m_folder.readState();
  } catch (const Error& damaged) {
    log::warning(damaged.what());
  }
  const double now = unixSeconds();
  m_state.status = RunStatus::Running;
  m_state.reason.clear();
  m_state.changed = now;
  m_state.finished = 0;
  if (m_state.started == 0) m_state.started = now;
  ++m_state.attempts;
  m_folder.writeState(m_state);
  clearInbox(m_folder.inbox());
}

Json Worker::startOf(const RunJob& job) const {
  return {{"fingerprint", job.fingerprint()}, {"choices", job.choices()},     {"threads", job.threads()},
          {"device", job.device()},           {"version", m_options.version}, {"processor", processorName()}};
}

// Refuses what makes the run another one; returns what may change its last digits.
std::vector<std::string> Worker::checkStart(const RunJob& job, const Json& start) const {
  const std::string where = m_folder.startFile().string();
  const Json now = startOf(job);
  const Json& before = start.at("fingerprint");
  for (const auto& [name, hash] : now.at("fingerprint").items())
    if (const auto old = before.find(name); old == before.end() || *old != hash)
      refuseChanged(name, "it changed since the run was started");
  if (before.size() != now.at("fingerprint").size()) refuseChanged(where, "the run was started with other data");
  const auto layout = m_folder.readLayout();
  if (!layout) refuseChanged(m_folder.groupsFile().string(), "the file is missing");
  if (toJson(*layout) != toJson(job.layout()) || layout->columns != job.layout().columns)
    refuseChanged(m_folder.groupsFile().string(), "the plan is now cut into other groups");
  std::vector<std::string> warnings;
  for (const char* key : {"version", "processor", "device", "threads"})
    if (const auto old = start.find(key); old != start.end() && *old != now.at(key))
      warnings.push_back(std::string(key) + " was " + old->dump() + " and is now " + now.at(key).dump() +
                         "; the result may differ in its last digits");
  return warnings;
}

void Worker::writeStart(const RunJob& job) const {
  m_folder.writeLayout(job.layout());
  writeJsonFile(m_folder.startFile(), startOf(job));
}

void Worker::train() {
  ProgressReporter progress(m_options.progress, m_watch.stopToken());
  const bool isFirst = !std::filesystem::exists(m_folder.startFile());
  const Json start = isFirst ? Json::object() : readJsonFile(m_folder.startFile());
  m_job = m_makeJob(m_folder.readPlan(), start.value("choices", Json::object()), progress);
  if (m_job->layout().groupCount() == 0)
    throw Error(ErrorParts{.what = "train",
                           .where = m_folder.planFile().string(),
                           .why = "the plan leaves no group to train",
                           .remedy = "choose ROIs that the subjects have"});
  std::vector<std::string> warnings;
  if (isFirst)
    writeStart(*m_job);
  else
    warnings = checkStart(*m_job, start);
  m_loop = std::make_unique<RunLoop>(m_folder, *m_job, m_watch, m_options);
  m_loop->journal().append({{"kind", "started"},
                            {"worker", describe(thisProcess())},
                            {"device", m_job->device()},
                            {"threads", m_job->threads()},
                            {"attempt", m_state.attempts}});
  log::info(m_folder.id() + ": " + describe(thisProcess()) + ", " + m_job->device());
  for (const std::string& warning : warnings) m_loop->note("warning", warning);
  for (const RunSkipped& skipped : m_job->layout().skipped)
    if (isFirst) m_loop->note("info", skipped.id + " is left out: " + skipped.reason);
  m_loop->run();
}

// A finished run keeps its models; the way there took several times their size.
void tidy(const RunFolder& folder) {
  removeResults(folder);
  CheckpointStore(folder.checkpoints()).keepNewest();
}

WorkEnd Worker::end(RunStatus status, const std::string& reason, WorkEnd result) {
  const std::string text = m_folder.id() + " " + toString(status) + (reason.empty() ? "" : ": " + reason);
  if (status == RunStatus::Failed)
    log::error(text);
  else
    log::info(text);
  // Whoever took the run over writes its state now.
  if (m_watch.isLeaseLost()) return result;
  m_state.status = status;
  m_state.reason = reason;
  m_state.changed = unixSeconds();
  if (status != RunStatus::Paused) m_state.finished = m_state.changed;
  m_state.exitCode = static_cast<int>(result);
  try {
    if (m_loop && status != RunStatus::Done) {
      m_loop->journal().append({{"kind", toString(status)}, {"reason", reason}});
      m_loop->journal().sync();
    }
  } catch (const Error& failure) {
    log::error(failure.what());
  }
  try {
    m_folder.writeState(m_state);
  } catch (const Error& failure) {
    // The state then still says "running"; without a living worker that reads as crashed, which can be resumed too.
    log::error(failure.what());
    return WorkEnd::Failed;
  }
  return result;
}

WorkEnd Worker::endAsked() {
  const auto request = m_watch.endRequest();
  if (!request) return end(RunStatus::Paused, "cancelled", WorkEnd::Checkpointed);
  return end(request->status, request->reason, request->end);
}

WorkEnd Worker::work() {
  begin();
  try {
    train();
  } catch (const Cancelled&) {
    return endAsked();
  } catch (const std::bad_alloc&) {
    return end(RunStatus::Failed, "out of memory; use fewer groups at a time, PCA or a smaller batch", WorkEnd::Failed);
  } catch (const std::exception& failure) {
    return end(RunStatus::Failed, failure.what(), WorkEnd::Failed);
  }
  const WorkEnd ended = end(RunStatus::Done, "", WorkEnd::Done);
  if (ended == WorkEnd::Done) tidy(m_folder);
  return ended;
}

}  // namespace

WorkEnd work(const RunFolder& folder, const MakeJob& makeJob, const WorkerOptions& options) {
  if (!std::filesystem::exists(folder.planFile()))
    throw Error(ErrorParts{.what = "take up the run",
                           .where = folder.path().string(),
                           .why = "it holds no plan.json, so it is no run folder",
                           .remedy = "give a folder <workspace>/runs/<id>"});
  const Lease lease = Lease::claim(folder.path());
  const RunStatus status = statusOf(folder);
  if (status == RunStatus::Done) tidy(folder);
  if (status == RunStatus::Done || (options.isOnlyIfQueued && status != RunStatus::Queued)) return WorkEnd::Done;
  log::toFile(folder.logFile());
  return Worker(folder, lease, makeJob, options).work();
}

}  // namespace corticast
