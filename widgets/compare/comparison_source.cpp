#include "widgets/compare/comparison_source.h"

#include <QTimer>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "widgets/state/background_job.h"

namespace corticast {
namespace {

constexpr int kSoon = 120;  // milliseconds; several signals of one click make one comparison

QString nameOf(const RunSnapshot& run) {
  return QString::fromStdString(run.meta.name.empty() ? run.id : run.meta.name);
}

/// What is to be computed, taken from the state on the UI thread.
struct Question {
  std::shared_ptr<const Study> study;
  std::vector<WorkbenchState::RunPointer> runs;
  QString subject;
  CompareChoices choices;
  std::shared_ptr<const RunComparison> known;  ///< of the same runs, subject and test, or null
};

Compared answer(const Question& question, ProgressReporter& progress) {
  Compared result{.study = question.study,
                  .runs = question.runs,
                  .subject = question.subject,
                  .comparison = question.known,
                  .pair = {},
                  .plans = {}};
  std::vector<RunFolder> folders;
  std::vector<Plan> plans;
  for (const auto& run : question.runs) {
    folders.emplace_back(run->path);
    plans.push_back(planFromJson(*run->plan, folders.back().planFile().string()));
  }
  if (!result.comparison)
    result.comparison = std::make_shared<const RunComparison>(
        compareRuns(*question.study, folders,
                    {.subjects = {question.subject.toStdString()}, .test = question.choices.test}, progress));
  result.pair = comparePair(*result.comparison, question.choices.pair);
  result.plans = planDifferences(plans);
  return result;
}

}  // namespace

ComparisonSource::ComparisonSource(WorkbenchState& state, QObject* parent)
    : QObject(parent), m_state(state), m_timer(new QTimer(this)) {
  m_timer->setSingleShot(true);
  m_timer->setInterval(kSoon);
  connect(m_timer, &QTimer::timeout, this, &ComparisonSource::ask);
  for (const auto signal : {&WorkbenchState::studyChanged, &WorkbenchState::subjectChanged,
                            &WorkbenchState::selectedRunsChanged, &WorkbenchState::runsChanged})
    connect(&state, signal, this, &ComparisonSource::askSoon);
  connect(&state, &WorkbenchState::runUpdated, this, [this](const QString& id) {
    // A run that is done by now can be compared; one that was compared does not change any more.
    if (!m_result && m_state.selectedRuns().contains(id)) askSoon();
  });
}

ComparisonSource::~ComparisonSource() = default;

void ComparisonSource::setActive(bool isActive) {
  m_isActive = isActive;
  if (isActive && m_isOutdated) askSoon();
}

void ComparisonSource::setChoices(const CompareChoices& choices) {
  if (choices == m_choices) return;
  m_choices = choices;
  askSoon();
}

void ComparisonSource::cancel() {
  if (m_job) m_job->cancel();
}

bool ComparisonSource::isRunning() const {
  return m_job && m_job->isRunning();
}

void ComparisonSource::askSoon() {
  m_isOutdated = true;
  if (m_isActive) m_timer->start();
}

std::vector<WorkbenchState::RunPointer> ComparisonSource::chosenRuns() const {
  std::vector<WorkbenchState::RunPointer> runs;
  for (const QString& id : m_state.selectedRuns())
    if (auto run = m_state.run(id); run && runs.size() < kMostRuns) runs.push_back(std::move(run));
  return runs;
}

QString ComparisonSource::whyNot(const std::vector<WorkbenchState::RunPointer>& runs) const {
  if (!m_state.study()) return tr("Open a study to compare what its runs predict");
  if (m_state.runs().size() < 2) return tr("Train two or more runs, then select them in Runs to compare them");
  if (runs.size() < 2) return tr("Select two or more runs in Runs (Ctrl+click) to compare them");
  for (const auto& run : runs)
    if (run->state.status != RunStatus::Done)
      return tr("%1 is not done yet: runs are compared by their predictions, which are there when a run is done")
          .arg(nameOf(*run));
  return {};
}

/// Indices into the chosen runs that are still there.
void ComparisonSource::fitPair(size_t runs) {
  PairOptions& pair = m_choices.pair;
  if (pair.first < runs && pair.second < runs && pair.first != pair.second) return;
  pair.first = 0;
  pair.second = 1;
}

void ComparisonSource::ask() {
  m_isOutdated = false;
  const auto runs = chosenRuns();
  if (const QString why = whyNot(runs); !why.isEmpty()) {
    refuse(why);
    return;
  }
  fitPair(runs.size());
  Question question{m_state.study(), runs, m_state.subject(), m_choices, nullptr};
  const auto id = [](const WorkbenchState::RunPointer& run) { return run->id; };
  if (m_result && m_result->study == question.study && m_result->subject == question.subject &&
      m_result->comparison->options.test == m_choices.test && std::ranges::equal(m_result->runs, runs, {}, id, id))
    question.known = m_result->comparison;
  else
    m_result = nullptr;
  m_advice.clear();
  auto found = std::make_shared<std::shared_ptr<const Compared>>();
  // A job that is replaced stops; what it still has to say answers an old question.
  m_job = std::make_unique<BackgroundJob>();
  const auto listen = [this, request = ++m_request](auto signal, auto action) {
    connect(
        m_job.get(), signal, this,
        [this, request, action](const auto&... said) {
          if (request == m_request) action(said...);
        },
        Qt::QueuedConnection);
  };
  connect(m_job.get(), &BackgroundJob::progressed, this, &ComparisonSource::progressed);
  listen(&BackgroundJob::finished, [this, found] { take(*found); });
  listen(&BackgroundJob::failed, [this](const QString& reason) { refuse(reason); });
  listen(&BackgroundJob::cancelled, [this] { refuse(tr("Stopped. Select the runs again to compare them")); });
  m_job->start([question, found](ProgressReporter& progress) {
    *found = std::make_shared<const Compared>(answer(question, progress));
  });
  Q_EMIT changed();
}

void ComparisonSource::take(const std::shared_ptr<const Compared>& result) {
  m_result = result;
  Q_EMIT changed();
}

void ComparisonSource::refuse(const QString& advice) {
  ++m_request;
  m_job.reset();
  m_result = nullptr;
  m_advice = advice;
  Q_EMIT changed();
}

}  // namespace corticast
