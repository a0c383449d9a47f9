#include "widgets/forms/plan_assessor.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/sibling_embedding.h"
#include "core/linalg/device.h"
#include "core/training/target_group.h"

namespace corticast {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kEmbeddingsFresh = std::chrono::seconds(10);
constexpr auto kMachineFresh = std::chrono::seconds(60);
constexpr int kDelayMilliseconds = 60;

std::string asSentence(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// Numbers of pictures per subject or group of subjects, split once.
class Sizes {
 public:
  Sizes(const Plan& plan, const Study& study) : m_plan(plan), m_study(study) {}

  CohortSize of(const TargetGroup& group, std::span<const size_t> shape) {
    auto [entry, isNew] = m_bySubjects.try_emplace(group.subjects());
    if (isNew) entry->second = cohortSize(m_plan, m_study, group);
    CohortSize size = entry->second;
    setFeatures(size, shape, group.settings.pca);
    return size;
  }

 private:
  const Plan& m_plan;
  const Study& m_study;
  std::map<std::vector<std::string>, CohortSize> m_bySubjects;
};

std::vector<std::string> subjectsOf(const Plan& plan, const Study& study) {
  std::vector<std::string> subjects = plan.subjects;
  if (subjects.empty())
    for (const Subject& subject : study.subjects) subjects.push_back(subject.id);
  return subjects;
}

// It can be made for all of these in the same way.
void setMissing(EmbeddingOption& option, const Study& study, const std::vector<std::string>& subjects) {
  option.missing = subjects;
  for (const std::string& id : subjects)
    option.missingPictures += study.subject(id).trainingImages.size() + study.subject(id).testImages.size();
  if (const BackboneInfo* info = findBackbone(option.backbone)) option.weights = info->weights;
}

/// Finds what a plan's groups ask for among the options; folders are looked at once each.
class Choices {
 public:
  Choices(const Plan& plan, const Study& study, std::filesystem::path workspace,
          const std::vector<EmbeddingOption>& options)
      : m_study(study), m_subjects(subjectsOf(plan, study)), m_workspace(std::move(workspace)), m_options(options) {}

  std::optional<EmbeddingOption> of(const GroupSettings& settings) {
    if (settings.embedding.empty()) {
      const EmbeddingOption* option = findOption(m_options, settings.backbone, settings.layer);
      return option ? std::optional(*option) : std::nullopt;
    }
    const auto known = m_byFolder.find(settings.embedding);
    if (known != m_byFolder.end()) return known->second;
    return m_byFolder.emplace(settings.embedding, ofFolder(settings.embedding)).first->second;
  }

 private:
  EmbeddingOption ofFolder(const std::string& folder) const {
    EmbeddingInfo info = readEmbeddingInfo(folder);
    if (!info.isComplete())
      throw Error({.what = "use an embedding",
                   .where = folder,
                   .why = "it is unfinished",
                   .remedy = "embed the pictures again; finished parts are kept"});
    for (const std::string& subject : m_subjects)
      if (const auto* option = findOption(m_options, embeddingFolderOf(m_study.subject(subject), folder)))
        return *option;
    return ofOther(folder, std::move(info));
  }

  // Of another subject, and none of the chosen ones has the like; or not of this workspace.
  EmbeddingOption ofOther(const std::string& folder, EmbeddingInfo info) const {
    EmbeddingOption option;
    option.backbone = info.backbone;
    option.layer = info.layer;
    option.label = std::filesystem::path(folder).filename().string();
    option.folder = folder;
    option.shape = info.shape;
    const bool isInWorkspace = std::filesystem::path(folder).parent_path() == m_workspace / "embeddings";
    if (isInWorkspace && std::ranges::find(m_study.subjects, info.subject, &Subject::id) != m_study.subjects.end())
      setMissing(option, m_study, m_subjects);
    option.made = std::move(info);
    return option;
  }

  const Study& m_study;
  std::vector<std::string> m_subjects;
  std::filesystem::path m_workspace;
  const std::vector<EmbeddingOption>& m_options;
  std::map<std::string, EmbeddingOption> m_byFolder;
};

void requireDisk(PlanAssessment& result, const std::filesystem::path& workspace) {
  std::error_code failure;
  const auto space = std::filesystem::space(workspace, failure);
  if (failure) return;
  result.freeDiskBytes = space.available;
  if (result.problem.empty() && result.cost.diskBytes > space.available)
    result.problem = "The run needs up to " + byteSize(result.cost.diskBytes) + " on disk, " +
                     byteSize(space.available) +
                     " are free; train fewer ROIs or fewer epochs, or choose another workspace";
}

void reckon(PlanAssessment& result, const Plan& plan, const Study& study, Choices& choices, const TargetGroups& cut,
            const Machine& machine) {
  bool isKnown = true;
  Sizes sizes(plan, study);
  const auto sizeOf = [&](const TargetGroup& group) {
    const auto option = choices.of(group.settings);
    if (!option && result.problem.empty() && !group.settings.backbone.empty())
      result.problem = "There is no embedding by " + group.settings.backbone +
                       (group.settings.layer.empty() ? "" : ", layer " + group.settings.layer) + ", which " +
                       group.label + " asks for";
    const std::vector<size_t> shape = option ? option->shape : std::vector<size_t>();
    isKnown = isKnown && (!shape.empty() || group.settings.pca > 0);
    return sizes.of(group, shape);
  };
  result.cost = planCost(cut, sizeOf, machine);
  result.isCostKnown = isKnown;
  if (!isKnown || !result.problem.empty()) return;
  result.problem = asSentence(result.cost.refusal);
  result.helpsPca = !result.cost.refusal.empty() && cut.groups.front().settings.pca == 0;
}

}  // namespace

PlanAssessment assessPlan(const Plan& plan, const Study& study, const std::filesystem::path& workspace,
                          const std::vector<EmbeddingOption>& options, const Machine& machine) {
  PlanAssessment result;
  result.options = options;
  try {
    const TargetGroups cut = cutTargetGroups(plan, study);
    result.cost.models = cut.groups.size();
    result.cost.skipped = cut.skipped.size();
    if (plan.device.starts_with("cuda")) (void)chooseDevice(plan.device);
    Choices choices(plan, study, workspace, options);
    result.embedding = choices.of(defaultSettings(plan));
    reckon(result, plan, study, choices, cut, machine);
    if (result.isCostKnown) requireDisk(result, workspace);
  } catch (const Error& error) {
    result.problem = asSentence(error.parts().why) + "; " + error.parts().remedy;
  } catch (const std::exception& error) {
    result.problem = error.what();
  }
  return result;
}

struct PlanAssessor::Question {
  quint64 id = 0;
  Plan plan;
  std::shared_ptr<const Study> study;
  std::filesystem::path workspace;
};

/// Of the one thread at work; the UI thread only sets the flag.
struct PlanAssessor::Memory {
  std::atomic<bool> mustLook = false;
  std::optional<Clock::time_point> embeddingsAt, machineAt;
  std::shared_ptr<const Study> study;
  std::filesystem::path workspace;
  std::vector<std::string> subjects;
  std::vector<EmbeddingOption> options;
  Machine machine;
};

PlanAssessor::PlanAssessor(QObject* parent) : QObject(parent), m_memory(std::make_shared<Memory>()) {
  m_delay.setSingleShot(true);
  m_delay.setInterval(kDelayMilliseconds);
  connect(&m_delay, &QTimer::timeout, this, &PlanAssessor::start);
}

PlanAssessor::~PlanAssessor() = default;

void PlanAssessor::ask(const Plan& plan, std::shared_ptr<const Study> study, const std::filesystem::path& workspace) {
  auto question = std::make_shared<Question>();
  question->id = ++m_newest;
  question->plan = plan;
  question->study = std::move(study);
  question->workspace = workspace;
  m_question = std::move(question);
  m_isWaiting = true;
  m_delay.start();
}

void PlanAssessor::forget() {
  ++m_newest;
  m_question.reset();
  m_isWaiting = false;
  m_delay.stop();
}

void PlanAssessor::forgetEmbeddings() {
  m_memory->mustLook = true;
}

void PlanAssessor::start() {
  if (m_isBusy || !m_question) return;
  m_isBusy = true;
  const QPointer<PlanAssessor> self(this);
  QThreadPool::globalInstance()->start([self, question = std::move(m_question), memory = m_memory] {
    const auto result = answer(*question, *memory);
    QMetaObject::invokeMethod(qApp, [self, result, id = question->id] {
      if (!self) return;
      self->m_isBusy = false;
      if (id == self->m_newest) {
        self->m_isWaiting = false;
        Q_EMIT self->assessed(result);
      } else if (self->m_question && !self->m_delay.isActive()) {
        self->start();
      }
    });
  });
}

std::shared_ptr<const PlanAssessment> PlanAssessor::answer(const Question& question, Memory& memory) {
  const std::vector<std::string> subjects = subjectsOf(question.plan, *question.study);
  try {
    const auto now = Clock::now();
    if (!memory.machineAt || now - *memory.machineAt > kMachineFresh) {
      memory.machine = measureMachine();
      memory.machineAt = now;
    }
    if (memory.mustLook.exchange(false) || !memory.embeddingsAt || now - *memory.embeddingsAt > kEmbeddingsFresh ||
        memory.study != question.study || memory.workspace != question.workspace || memory.subjects != subjects) {
      memory.options = embeddingOptions(question.workspace, *question.study, subjects);
      memory.embeddingsAt = now;
      memory.study = question.study;
      memory.workspace = question.workspace;
      memory.subjects = subjects;
    }
    return std::make_shared<const PlanAssessment>(
        assessPlan(question.plan, *question.study, question.workspace, memory.options, memory.machine));
  } catch (const std::exception& error) {
    PlanAssessment failed;
    failed.problem = error.what();
    return std::make_shared<const PlanAssessment>(std::move(failed));
  }
}

}  // namespace corticast
