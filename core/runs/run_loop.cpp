#include "core/runs/run_loop.h"

#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/formats/npy.h"
#include "core/runs/progress_estimate.h"
#include "core/runs/run_results.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

Json toJson(const RunPosition& position) {
  return {{"cohort", position.cohort},
          {"epoch", position.epoch},
          {"isCohortThrough", position.isCohortThrough},
          {"journalLength", position.journalLength}};
}

uint64_t memoryInUse() {
  std::ifstream file("/proc/self/statm");
  uint64_t total = 0;
  uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::optional<double> meanValidationLoss(const EpochResult& result) {
  double sum = 0;
  size_t count = 0;
  for (const GroupEpoch& group : result.groups)
    if (std::isfinite(group.validationLoss)) {
      sum += group.validationLoss;
      ++count;
    }
  if (count == 0) return {};
  return sum / static_cast<double>(count);
}

void removeAllBut(const fs::path& folder, const std::set<std::string>& kept) {
  std::vector<fs::path> extra;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure))
    if (!kept.contains(entry->path().filename().string())) extra.push_back(entry->path());
  for (const fs::path& path : extra) fs::remove(path, failure);
}

}  // namespace

Json epochRecord(const std::string& cohort, const EpochResult& result, double seconds) {
  Json record{
      {"kind", "epoch"}, {"cohort", cohort}, {"epoch", result.epoch}, {"seconds", seconds}, {"memory", memoryInUse()}};
  for (const char* key : {"trainLoss", "validationLoss", "learningRate", "correlation", "state", "bestEpoch"})
    record[key] = Json::array();
  Json reasons = Json::object();
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupEpoch& group = result.groups[i];
    record["trainLoss"].push_back(group.trainLoss);
    record["validationLoss"].push_back(group.validationLoss);
    record["learningRate"].push_back(group.learningRate);
    record["correlation"].push_back(group.meanCorrelation);
    record["state"].push_back(toString(group.state));
    record["bestEpoch"].push_back(group.bestEpoch);
    if (!group.reason.empty()) reasons[std::to_string(i)] = group.reason;
  }
  if (!reasons.empty()) record["reasons"] = std::move(reasons);
  return record;
}

RunLoop::RunLoop(const RunFolder& folder, RunJob& job, RunWatch& watch, const WorkerOptions& options)
    : m_folder(folder),
      m_job(job),
      m_watch(watch),
      m_options(options),
      m_checkpoints(folder.checkpoints()),
      m_epochSeconds(job.layout().cohorts.size()) {
  restore();
}

const RunCohort& RunLoop::cohort() const {
  return m_job.layout().cohorts[m_position.cohort];
}

void RunLoop::note(const std::string& level, const std::string& text) {
  if (level == "info") log::info(text);
  if (level == "warning") log::warning(text);
  if (level == "error") log::error(text);
  m_journal->append({{"kind", "event"}, {"level", level}, {"text", text}});
}

void RunLoop::restore() {
  std::vector<std::string> warnings;
  auto checkpoint = m_checkpoints.loadNewest([&](const std::string& text) { warnings.push_back(text); });
  if (checkpoint) {
    const Json& state = checkpoint->state;
    m_position = {.cohort = state.at("position").at("cohort").get<size_t>(),
                  .epoch = state.at("position").at("epoch").get<int>(),
                  .isCohortThrough = state.at("position").at("isCohortThrough").get<bool>(),
                  .step = checkpoint->step,
                  .journalLength = state.at("position").at("journalLength").get<uint64_t>()};
    m_score = checkpoint->score;
    m_bestEpochs = state.at("bestEpochs").get<std::vector<int>>();
    m_epochSeconds = state.at("epochSeconds").get<std::vector<std::vector<double>>>();
    m_restored = {.tensors = std::move(checkpoint->tensors), .scalars = state.at("trainer")};
    m_savedStep = checkpoint->step;
  }
  std::error_code failure;
  const uintmax_t present = fs::file_size(m_folder.journalFile(), failure);
  const uint64_t length = std::min<uint64_t>(m_position.journalLength, failure ? 0 : present);
  if (length < m_position.journalLength)
    warnings.push_back("the journal lost its end; curves have a gap, the training itself has not");
  m_checkpoints.discardAfter(m_position.step);
  m_journal = std::make_unique<JournalWriter>(m_folder.journalFile(), length);
  discardLaterFiles();
  for (const std::string& text : warnings) note("warning", text);
  if (checkpoint)
    note("info", "goes on from checkpoint " + std::to_string(m_position.step) + " (" + cohort().id + ", epoch " +
                     std::to_string(m_position.epoch) + ")");
}

void RunLoop::discardLaterFiles() const {
  std::set<std::string> epochs, models;
  const auto& cohorts = m_job.layout().cohorts;
  for (size_t c = 0; c < cohorts.size() && c <= m_position.cohort; ++c) {
    const bool isThrough = c < m_position.cohort || m_position.isCohortThrough;
    const int last = c < m_position.cohort ? cohorts[c].maxEpochs() : m_position.epoch;
    for (int epoch = 1; epoch <= last; ++epoch)
      epochs.insert(m_folder.epochFile(cohorts[c].id, epoch).filename().string());
    if (isThrough) models.insert(m_folder.modelFile(cohorts[c].id).filename().string());
  }
  removeAllBut(m_folder.epochs(), epochs);
  removeAllBut(m_folder.models(), models);
  discardResultsExcept(m_folder, cohorts, m_position.isCohortThrough ? m_position.cohort + 1 : m_position.cohort);
}

void RunLoop::stage(const std::string& name, const std::string& cohortId) {
  m_journal->append({{"kind", "stage"}, {"stage", name}, {"cohort", cohortId}});
}

void RunLoop::reportProgress(const std::string& stageName) {
  if (!m_options.progress) return;
  const ProgressEstimate estimate =
      estimateProgress(m_job.layout(), m_epochSeconds, static_cast<int>(m_position.cohort));
  m_options.progress({.stage = stageName,
                      .fraction = estimate.fraction,
                      .detail = cohort().id + ", epoch " + thousands(static_cast<uint64_t>(m_position.epoch)) +
                                " of at most " + thousands(static_cast<uint64_t>(cohort().maxEpochs())),
                      .secondsLeft = estimate.secondsLeft});
}

void RunLoop::run() {
  if (m_position.isCohortThrough) ++m_position.cohort;
  for (size_t index = m_position.cohort; index < m_job.layout().cohorts.size(); ++index) trainCohort(index);
  finishRun();
}

void RunLoop::trainCohort(size_t index) {
  const bool isRestored = m_savedStep && index == m_position.cohort && !m_position.isCohortThrough;
  m_position.cohort = index;
  m_position.isCohortThrough = false;
  if (!isRestored) {
    m_position.epoch = 0;
    m_bestEpochs.assign(cohort().groups.size(), 0);
  }
  stage("prepare", cohort().id);
  ProgressReporter progress(m_options.progress, m_watch.stopToken());
  const std::unique_ptr<CohortJob> opened = m_job.open(index, progress);
  Trainer& trainer = opened->trainer();
  if (isRestored) trainer.restore(m_restored);
  m_restored = {};
  if (trainer.epoch() != m_position.epoch)
    throw Error(ErrorParts{.what = "resume run",
                           .where = m_folder.path().string(),
                           .why = "the checkpoint was made after epoch " + std::to_string(m_position.epoch) +
                                  ", the restored training stands at " + std::to_string(trainer.epoch()),
                           .remedy = "resume it with the program version that trained it"});
  m_states.assign(cohort().groups.size(), GroupState::Training);
  m_saved = Clock::now();
  stage("train", cohort().id);
  while (!trainer.isFinished()) {
    endIfAsked(&trainer);
    runEpoch(*opened);
  }
  finishCohort(*opened);
}

void RunLoop::runEpoch(CohortJob& cohortJob) {
  const auto start = Clock::now();
  const EpochResult result = cohortJob.trainer().runEpoch(m_watch.stopToken());
  const std::chrono::duration<double> seconds = Clock::now() - start;
  if (m_watch.isLeaseLost()) throw Cancelled();
  m_position.epoch = result.epoch;
  ++m_position.step;
  m_epochSeconds[m_position.cohort].push_back(seconds.count());
  m_score = meanValidationLoss(result);
  writeNpy<float>(m_folder.epochFile(cohort().id, result.epoch), std::span(result.correlation),
                  {result.correlation.size()});
  m_journal->append(epochRecord(cohort().id, result, seconds.count()));
  takeGroups(result);
  reportProgress("train");
  const std::chrono::duration<double> sinceSaved = Clock::now() - m_saved;
  const double wait = std::max(m_options.checkpointEvery.count(), m_options.costFactor * m_cost.seconds);
  if (sinceSaved.count() >= wait || m_watch.takeCheckpointRequest()) saveCheckpoint(&cohortJob.trainer());
}

void RunLoop::takeGroups(const EpochResult& result) {
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupEpoch& group = result.groups[i];
    if (group.state == GroupState::Failed && m_states[i] != GroupState::Failed)
      note("warning", cohort().groups[i].label + " stopped in epoch " + std::to_string(result.epoch) + ": " +
                          (group.reason.empty() ? "its training failed" : group.reason));
    m_states[i] = group.state;
    m_bestEpochs[i] = group.bestEpoch;
  }
}

void RunLoop::saveCheckpoint(const Trainer* trainer) {
  if (m_watch.isLeaseLost()) throw Cancelled();
  m_journal->sync();
  m_position.journalLength = m_journal->length();
  Checkpoint checkpoint{.step = m_position.step, .tensors = {}, .state = Json::object(), .score = m_score};
  Json scalars;
  if (trainer) {
    TrainerState state = trainer->save();
    checkpoint.tensors = std::move(state.tensors);
    scalars = std::move(state.scalars);
  }
  checkpoint.state = {{"position", toJson(m_position)},
                      {"bestEpochs", m_bestEpochs},
                      {"epochSeconds", m_epochSeconds},
                      {"trainer", scalars}};
  m_cost = m_checkpoints.save(checkpoint);
  m_saved = Clock::now();
  m_savedStep = m_position.step;
  m_journal->append(
      {{"kind", "checkpoint"}, {"step", m_position.step}, {"seconds", m_cost.seconds}, {"bytes", m_cost.bytes}});
}

void RunLoop::endIfAsked(const Trainer* trainer) {
  if (!m_watch.endRequest()) return;
  if (trainer && !m_watch.isLeaseLost() && m_savedStep != m_position.step) saveCheckpoint(trainer);
  throw Cancelled();
}

void RunLoop::finishCohort(CohortJob& cohortJob) {
  stage("evaluate", cohort().id);
  reportProgress("evaluate");
  if (m_savedStep != m_position.step) saveCheckpoint(&cohortJob.trainer());
  for (size_t i = 0; i < cohort().groups.size(); ++i)
    if (const std::string remark = m_bestEpochs[i] > 0 ? cohortJob.trainer().remark(i) : ""; !remark.empty())
      note("info", cohort().groups[i].label + ": " + remark);
  writeCohortModels(m_folder, cohort(), cohortJob, m_bestEpochs);
  writeCohortResults(m_folder, cohort(), cohortJob, m_bestEpochs, m_watch.stopToken());
  m_position.isCohortThrough = true;
  // One step more than the cohort's last epoch, so that it does not take that checkpoint's place.
  ++m_position.step;
  saveCheckpoint(nullptr);
}

void RunLoop::finishRun() {
  if (m_watch.endRequest()) throw Cancelled();
  const RunSummary summary = mergeResults(m_folder, m_job.layout(), m_watch.stopToken());
  for (const std::string& target : summary.withoutAllFolds)
    note("warning", target + " has no results: not all of its folds could be trained");
  if (summary.trainedGroups == 0)
    throw Error(ErrorParts{.what = "train",
                           .where = m_folder.path().string(),
                           .why = "no group finished an epoch with finite numbers",
                           .remedy = "lower the learning rate, or check the embedding and the responses"});
  Json record{{"kind", "finished"}};
  record["correlation"] = summary.meanCorrelation;
  m_journal->append(record);
  m_journal->sync();
  m_position.cohort = m_job.layout().cohorts.size() - 1;
  if (m_options.progress) m_options.progress({.stage = "train", .fraction = 1, .detail = "done", .secondsLeft = 0.0});
}

}  // namespace corticast
