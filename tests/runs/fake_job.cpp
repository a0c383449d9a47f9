#include "tests/runs/fake_job.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "core/base/error.h"
#include "core/base/random.h"

namespace corticast::testing {
namespace {

constexpr size_t kValidationImages = 6;

void waitFor(std::chrono::milliseconds time, const std::stop_token& stop) {
  const auto until = std::chrono::steady_clock::now() + time;
  do {
    if (stop.stop_requested()) throw Cancelled();
    std::this_thread::sleep_for(std::min(time, std::chrono::milliseconds(5)));
  } while (std::chrono::steady_clock::now() < until);
}

class FakeTrainer : public Trainer {
 public:
  FakeTrainer(const FakePlan& plan, const RunCohort& cohort, size_t index)
      : m_plan(plan), m_index(index), m_weights(cohort.columnCount(), 1.0f), m_moments(m_weights.size(), 0.0f) {
    for (const RunGroup& group : cohort.groups)
      m_groups.push_back(
          {.id = group.id, .label = group.label, .roi = {}, .roiClass = {}, .parts = {}, .settings = {}});
    m_best = m_weights;
    m_bestLoss.assign(m_groups.size(), std::numeric_limits<double>::infinity());
    m_bestEpoch.assign(m_groups.size(), 0);
    m_states.assign(m_groups.size(), GroupState::Training);
  }

  const std::vector<TargetGroup>& groups() const override { return m_groups; }
  bool isFinished() const override { return m_epoch >= m_plan.epochs; }
  int epoch() const override { return m_epoch; }

  EpochResult runEpoch(std::stop_token stop) override {
    if (m_plan.epochTime.count() > 0) waitFor(m_plan.epochTime, stop);
    if (m_index == 0 && m_plan.failsInEpoch == m_epoch + 1)
      throw Error({.what = "train", .where = "group 0", .why = "the device is lost", .remedy = "resume on the CPU"});
    ++m_epoch;
    Philox random(m_plan.seed + m_index, static_cast<uint64_t>(m_epoch));
    for (size_t i = 0; i < m_weights.size(); ++i) {
      const auto noise = static_cast<float>(random.uniform(-0.5, 0.5));
      m_moments[i] = 0.9f * m_moments[i] + m_weights[i] + noise;
      m_weights[i] -= 0.05f * m_moments[i];
    }
    EpochResult result{.epoch = m_epoch, .groups = {}, .correlation = {}};
    for (size_t g = 0; g < m_groups.size(); ++g) result.groups.push_back(finishGroup(g));
    for (const float weight : m_weights) result.correlation.push_back(std::tanh(1 - std::abs(weight)));
    return result;
  }

  TrainerState save() const override {
    TrainerState state;
    state.tensors.push_back(NamedTensor::of("weights", std::span<const float>(m_weights)));
    state.tensors.push_back(NamedTensor::of("best", std::span<const float>(m_best)));
    if (m_plan.savesMoments) state.tensors.push_back(NamedTensor::of("moments", std::span<const float>(m_moments)));
    Json losses = Json::array();
    for (const double loss : m_bestLoss) losses.push_back(std::isfinite(loss) ? Json(loss) : Json());
    Json states = Json::array();
    for (const GroupState groupState : m_states) states.push_back(toString(groupState));
    state.scalars = {{"epoch", m_epoch}, {"bestLoss", losses}, {"bestEpoch", m_bestEpoch}, {"states", states}};
    return state;
  }

  void restore(const TrainerState& state) override {
    const auto copy = [&](const char* name, std::vector<float>& to) {
      const auto from = tensorNamed(state.tensors, name).floats();
      to.assign(from.begin(), from.end());
    };
    copy("weights", m_weights);
    copy("best", m_best);
    if (m_plan.savesMoments) copy("moments", m_moments);
    m_epoch = state.scalars.at("epoch").get<int>();
    m_bestEpoch = state.scalars.at("bestEpoch").get<std::vector<int>>();
    for (size_t g = 0; g < m_groups.size(); ++g) {
      const Json& loss = state.scalars.at("bestLoss").at(g);
      m_bestLoss[g] = loss.is_number() ? loss.get<double>() : std::numeric_limits<double>::infinity();
      m_states[g] = groupStateFrom(state.scalars.at("states").at(g).get<std::string>());
    }
  }

  Matrix<float> predict(size_t group, MatrixView<const float> features) const override {
    Matrix<float> predicted(features.rows(), m_plan.columns);
    for (size_t r = 0; r < predicted.rows(); ++r)
      for (size_t c = 0; c < predicted.cols(); ++c)
        predicted(r, c) = features(r, 0) * m_best[group * m_plan.columns + c] + static_cast<float>(r * c % 3);
    return predicted;
  }

  std::vector<NamedTensor> bestModel(size_t group) const override {
    const auto part = std::span(m_best).subspan(group * m_plan.columns, m_plan.columns);
    return {NamedTensor::of("weight", std::span<const float>(part))};
  }

 private:
  GroupEpoch finishGroup(size_t g) {
    const auto begin = m_weights.begin() + static_cast<ptrdiff_t>(g * m_plan.columns);
    double loss = 0;
    for (size_t i = 0; i < m_plan.columns; ++i)
      loss += begin[static_cast<ptrdiff_t>(i)] * begin[static_cast<ptrdiff_t>(i)];
    if (m_plan.divergesInEpoch2 && g == 0 && m_epoch >= 2) m_states[g] = GroupState::Failed;
    if (m_states[g] != GroupState::Failed && loss < m_bestLoss[g]) {
      m_bestLoss[g] = loss;
      m_bestEpoch[g] = m_epoch;
      std::copy_n(begin, m_plan.columns, m_best.begin() + static_cast<ptrdiff_t>(g * m_plan.columns));
    }
    const bool hasFailed = m_states[g] == GroupState::Failed;
    if (m_epoch >= m_plan.epochs && !hasFailed) m_states[g] = GroupState::Finished;
    return {.trainLoss = loss,
            .validationLoss = hasFailed ? std::nan("") : loss,
            .learningRate = 0.05,
            .meanCorrelation = 1 / (1 + loss),
            .state = m_states[g],
            .bestEpoch = m_bestEpoch[g],
            .reason = hasFailed ? "its loss became infinite" : ""};
  }

  FakePlan m_plan;
  size_t m_index;
  std::vector<TargetGroup> m_groups;
  std::vector<float> m_weights, m_moments, m_best;
  std::vector<double> m_bestLoss;
  std::vector<int> m_bestEpoch;
  std::vector<GroupState> m_states;
  int m_epoch = 0;
};

class FakeCohort : public CohortJob {
 public:
  FakeCohort(const FakePlan& plan, const RunCohort& cohort, size_t index)
      : m_plan(plan), m_trainer(plan, cohort, index) {}
  Trainer& trainer() override { return m_trainer; }
  std::vector<std::string> subjects() const override { return {"subj01"}; }
  std::vector<std::string> validationImages(const std::string&) const override {
    return names("val", kValidationImages);
  }
  std::vector<std::string> testImages(const std::string&) const override { return names("test", 2); }
  Matrix<float> predictValidation(size_t group, const std::string&) override {
    return m_trainer.predict(group, features(kValidationImages));
  }
  Matrix<float> predictTest(size_t group, const std::string&) override { return m_trainer.predict(group, features(2)); }
  Matrix<float> validationResponses(size_t, const std::string&) override {
    Matrix<float> responses(kValidationImages, m_plan.columns);
    for (size_t r = 0; r < responses.rows(); ++r)
      for (size_t c = 0; c < responses.cols(); ++c) responses(r, c) = static_cast<float>(r * r + c);
    return responses;
  }
  std::vector<NamedTensor> sharedTensors() const override {
    return {NamedTensor::of("reduction/mean", std::span<const float>(m_features))};
  }

 private:
  static std::vector<std::string> names(const std::string& kind, size_t count) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < count; ++i) texts.push_back(kind + std::to_string(i) + ".png");
    return texts;
  }
  MatrixView<const float> features(size_t rows) {
    m_features.resize(rows);
    std::iota(m_features.begin(), m_features.end(), 1.0f);
    return {m_features.data(), rows, 1};
  }
  FakePlan m_plan;
  FakeTrainer m_trainer;
  std::vector<float> m_features{1.0f};
};

class FakeJob : public RunJob {
 public:
  explicit FakeJob(const FakePlan& plan) : m_plan(plan) {
    for (size_t c = 0; c < plan.cohorts; ++c) {
      RunCohort cohort{.id = "c" + std::to_string(c), .groups = {}};
      for (size_t g = 0; g < plan.groups; ++g) {
        const std::string id = cohort.id + "-g" + std::to_string(g);
        cohort.groups.push_back(
            {.id = id, .label = id, .roi = "", .roiClass = "", .maxEpochs = plan.epochs, .parts = {}});
        cohort.groups.back().parts = {{"subj01", Hemisphere::Left, plan.columns, g * plan.columns}};
      }
      m_layout.columns.emplace_back(cohort.columnCount());
      std::iota(m_layout.columns.back().begin(), m_layout.columns.back().end(), 0u);
      m_layout.cohorts.push_back(std::move(cohort));
    }
    m_layout.hemispheres = {{"subj01", Hemisphere::Left, plan.groups * plan.columns}};
    m_layout.skipped = {{"subj01-lh-aTL", "absent"}};
  }
  const RunLayout& layout() const override { return m_layout; }
  Json fingerprint() const override { return {{"subj01/lh responses", m_plan.dataHash}}; }
  std::string device() const override { return "CPU, 1 thread"; }
  unsigned threads() const override { return 1; }
  Json choices() const override { return Json::object(); }
  std::unique_ptr<CohortJob> open(size_t cohort, ProgressReporter&) override {
    return std::make_unique<FakeCohort>(m_plan, m_layout.cohorts[cohort], cohort);
  }

 private:
  FakePlan m_plan;
  RunLayout m_layout;
};

}  // namespace

std::unique_ptr<RunJob> fakeJob(const FakePlan& plan) {
  return std::make_unique<FakeJob>(plan);
}

MakeJob fakeJobs(const FakePlan& plan) {
  return [plan](const Json&, const Json&, ProgressReporter&) { return fakeJob(plan); };
}

}  // namespace corticast::testing
