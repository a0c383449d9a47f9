#include "core/runs/run_snapshot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/runs/journal.h"
#include "core/runs/lease.h"
#include "core/runs/progress_estimate.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<const char*, 5> kProgressNames{"waiting", "training", "stopped", "finished", "failed"};

GroupProgress parseProgress(const std::string& text) {
  const auto name = std::find(kProgressNames.begin(), kProgressNames.end(), text);
  return static_cast<GroupProgress>(std::min<ptrdiff_t>(name - kProgressNames.begin(), 4));
}

double valueAt(const std::vector<double>& values, int epoch) {
  return epoch >= 1 && epoch <= static_cast<int>(values.size()) ? values[static_cast<size_t>(epoch) - 1] : kNaN;
}

double numberOr(const Json& array, size_t index) {
  const Json& value = array.at(index);
  return value.is_number() ? value.get<double>() : kNaN;
}

// Enough to notice that a file was replaced.
struct FileStamp {
  fs::file_time_type time{};
  uintmax_t size = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

FileStamp stampOf(const fs::path& path) {
  std::error_code failure;
  FileStamp stamp{.time = fs::last_write_time(path, failure), .size = 0};
  if (failure) return {};
  stamp.size = fs::file_size(path, failure);
  return stamp;
}

}  // namespace

std::string toString(GroupProgress progress) {
  return kProgressNames[static_cast<size_t>(progress)];
}

double GroupCurve::bestTrainLoss() const {
  return valueAt(trainLoss, bestEpoch);
}
double GroupCurve::bestValidationLoss() const {
  return valueAt(validationLoss, bestEpoch);
}
double GroupCurve::bestCorrelation() const {
  return valueAt(correlation, bestEpoch);
}

struct RunReader::State {
  explicit State(RunFolder runFolder) : folder(std::move(runFolder)), journal(folder.journalFile()) {}

  bool takeState();
  bool takeMeta();
  bool takeLayout();
  bool takeJournal();
  bool takeLease(LeaseStatus status);
  void takeRecord(const Json& record);
  void takeEpoch(const Json& record);
  void takeEnd(const Json& record, const std::string& kind);
  void forgetJournal();
  void summarise();
  void addDamage(const std::string& text);

  RunFolder folder;
  JournalReader journal;
  RunSnapshot now;
  FileStamp stateStamp, metaStamp;
  std::vector<std::vector<double>> epochSeconds;  // [cohort][epoch]
  std::shared_ptr<const RunSnapshot> published;
};

void RunReader::State::addDamage(const std::string& text) {
  if (std::find(now.damage.begin(), now.damage.end(), text) == now.damage.end()) now.damage.push_back(text);
}

bool RunReader::State::takeState() {
  const FileStamp stamp = stampOf(folder.stateFile());
  if (stamp == stateStamp && published) return false;
  try {
    now.state = folder.readState();
    stateStamp = stamp;
  } catch (const Error& failure) {
    addDamage(failure.what());
  }
  return true;
}

bool RunReader::State::takeMeta() {
  const FileStamp stamp = stampOf(folder.metaFile());
  if (stamp == metaStamp && published) return false;
  try {
    now.meta = folder.readMeta();
    metaStamp = stamp;
  } catch (const Error& failure) {
    addDamage(failure.what());
  }
  return true;
}

bool RunReader::State::takeLayout() {
  if (now.layout) return false;
  try {
    auto layout = folder.readLayout();
    if (!layout) return false;
    now.layout = std::make_shared<const RunLayout>(std::move(*layout));
  } catch (const Error& failure) {
    addDamage(failure.what());
    return true;
  }
  forgetJournal();
  return true;
}

void RunReader::State::forgetJournal() {
  now.curves.clear();
  epochSeconds.clear();
  now.events.clear();
  now.cohort = -1;
  now.epoch = 0;
  now.stage.clear();
  if (!now.layout) return;
  for (const RunCohort& cohort : now.layout->cohorts) now.curves.emplace_back(cohort.groups.size());
  epochSeconds.resize(now.layout->cohorts.size());
}

void RunReader::State::takeEpoch(const Json& record) {
  if (!now.layout) return;
  const std::string id = record.at("cohort").get<std::string>();
  const auto& cohorts = now.layout->cohorts;
  const auto cohort = std::find_if(cohorts.begin(), cohorts.end(), [&](const RunCohort& c) { return c.id == id; });
  if (cohort == cohorts.end()) return;
  now.cohort = static_cast<int>(cohort - cohorts.begin());
  now.epoch = record.at("epoch").get<int>();
  now.memoryBytes = record.value("memory", uint64_t{0});
  auto& curves = now.curves[static_cast<size_t>(now.cohort)];
  const Json& train = record.at("trainLoss");
  const Json& validation = record.at("validationLoss");
  const Json& rate = record.at("learningRate");
  const Json& correlation = record.at("correlation");
  const Json& state = record.at("state");
  const Json& best = record.at("bestEpoch");
  const size_t count = static_cast<size_t>(std::max(1, now.epoch));
  for (size_t i = 0; i < curves.size(); ++i) {
    GroupCurve& curve = curves[i];
    for (auto* values : {&curve.trainLoss, &curve.validationLoss, &curve.learningRate, &curve.correlation})
      values->resize(count, kNaN);  // epochs whose lines were damaged are undefined
    curve.trainLoss.back() = numberOr(train, i);
    curve.validationLoss.back() = numberOr(validation, i);
    curve.learningRate.back() = numberOr(rate, i);
    curve.correlation.back() = numberOr(correlation, i);
    curve.progress = parseProgress(state.at(i).get<std::string>());
    curve.bestEpoch = best.at(i).get<int>();
  }
  if (const auto reasons = record.find("reasons"); reasons != record.end())
    for (const auto& [index, text] : reasons->items()) curves.at(std::stoul(index)).reason = text.get<std::string>();
  auto& seconds = epochSeconds[static_cast<size_t>(now.cohort)];
  seconds.resize(count, 0);
  seconds.back() = record.at("seconds").get<double>();
}

void RunReader::State::takeEnd(const Json& record, const std::string& kind) {
  now.stage.clear();
  const std::string reason = record.value("reason", std::string());
  now.events.push_back({.time = record.value("time", 0.0),
                        .level = kind == "failed" ? "error" : "info",
                        .text = reason.empty() ? kind : kind + ": " + reason});
}

void RunReader::State::takeRecord(const Json& record) {
  const std::string kind = record.at("kind").get<std::string>();
  if (kind == "epoch") {
    takeEpoch(record);
  } else if (kind == "started") {
    now.device = record.value("device", std::string());
  } else if (kind == "stage") {
    now.stage = record.at("stage").get<std::string>();
  } else if (kind == "event") {
    now.events.push_back({.time = record.value("time", 0.0),
                          .level = record.at("level").get<std::string>(),
                          .text = record.at("text").get<std::string>()});
  } else if (kind == "checkpoint") {
    now.lastCheckpoint = record.value("time", 0.0);
  } else if (kind == "paused" || kind == "cancelled" || kind == "failed" || kind == "finished") {
    takeEnd(record, kind);
  }
}

bool RunReader::State::takeJournal() {
  JournalUpdate update;
  const uint64_t linesBefore = journal.lines();
  try {
    update = journal.read();
  } catch (const Error& failure) {
    addDamage(failure.what());
    return true;
  }
  if (update.isReset) forgetJournal();
  for (const uint64_t line : update.damagedLines)
    addDamage("journal.jsonl, line " + std::to_string(line) + ": its checksum is wrong; what it said is left out");
  for (const Json& record : update.records) {
    try {
      takeRecord(record);
    } catch (const std::exception& wrong) {
      addDamage(std::string("journal.jsonl holds a record that cannot be understood: ") + wrong.what());
    }
  }
  return update.isReset || journal.lines() != linesBefore;
}

bool RunReader::State::takeLease(LeaseStatus status) {
  // A worker that takes the run up just now claims the lease before it says "running".
  if (!status.isHeld && now.state.status == RunStatus::Running) status = leaseOf(folder.path());
  const bool isCrashed = !status.isHeld && now.state.status == RunStatus::Running;
  const std::string worker = status.isHeld ? describe(status.holder) : std::string();
  const bool isChanged = status.isHeld != now.isWorkerAlive || isCrashed != now.isCrashed || worker != now.worker;
  now.isWorkerAlive = status.isHeld;
  now.isCrashed = isCrashed;
  now.worker = worker;
  return isChanged;
}

void RunReader::State::summarise() {
  now.secondsLeft.reset();
  now.secondsPerEpoch = 0;
  now.fraction = now.state.status == RunStatus::Done ? 1 : 0;
  now.meanCorrelation = kNaN;
  if (!now.layout) return;
  const ProgressEstimate estimate = estimateProgress(*now.layout, epochSeconds, now.cohort);
  if (now.state.status != RunStatus::Done) now.fraction = estimate.fraction;
  now.secondsPerEpoch = estimate.secondsPerEpoch;
  if (now.state.status == RunStatus::Running && !now.isCrashed) now.secondsLeft = estimate.secondsLeft;
  double sum = 0;
  size_t columns = 0;
  for (size_t c = 0; c < now.curves.size(); ++c)
    for (size_t g = 0; g < now.curves[c].size(); ++g) {
      const double r = now.curves[c][g].bestCorrelation();
      const size_t count = now.layout->cohorts[c].groups[g].columnCount();
      if (std::isnan(r)) continue;
      sum += r * static_cast<double>(count);
      columns += count;
    }
  if (columns > 0) now.meanCorrelation = sum / static_cast<double>(columns);
}

RunReader::RunReader(RunFolder folder) : m_state(std::make_unique<State>(std::move(folder))) {
  m_state->now.id = m_state->folder.id();
  m_state->now.path = m_state->folder.path();
  m_state->now.plan = std::make_shared<const Json>(m_state->folder.readPlan());
}
RunReader::~RunReader() = default;
RunReader::RunReader(RunReader&&) noexcept = default;
RunReader& RunReader::operator=(RunReader&&) noexcept = default;

const RunFolder& RunReader::folder() const {
  return m_state->folder;
}

std::shared_ptr<const RunSnapshot> RunReader::read() {
  State& state = *m_state;
  if (!fs::exists(state.folder.path()))
    throw Error(ErrorParts{.what = "read run",
                           .where = state.folder.path().string(),
                           .why = "the folder is gone",
                           .remedy = "reload the list of runs; a deleted run lies in the workspace's trash"});
  // Read before the state: a worker says how it ended before it gives the lease back, and must not look crashed.
  const LeaseStatus lease = leaseOf(state.folder.path());
  bool isChanged = state.takeState();
  isChanged |= state.takeMeta();
  isChanged |= state.takeLayout();
  isChanged |= state.takeJournal();
  isChanged |= state.takeLease(lease);
  if (isChanged || !state.published) {
    state.summarise();
    state.published = std::make_shared<const RunSnapshot>(state.now);
  }
  return state.published;
}

}  // namespace corticast
