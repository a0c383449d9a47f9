#pragma once
#include <QObject>
#include <QTimer>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/training/plan.h"
#include "core/training/plan_cost.h"
#include "widgets/forms/embedding_options.h"

namespace corticast {

struct Study;

/// What the disk, the study and this machine say of a plan.
struct PlanAssessment {
  std::vector<EmbeddingOption> options;      ///< for the plan's subjects
  std::optional<EmbeddingOption> embedding;  ///< what the plan asks for, ready or to be made
  PlanCost cost;                             ///< models, targets and skipped always; the rest when isCostKnown
  bool isCostKnown = false;                  ///< false while the number of features is not known
  uint64_t freeDiskBytes = 0;                ///< where the workspace lies
  std::string problem;                       ///< why it cannot be trained, as a sentence; empty when it can
  bool helpsPca = false;                     ///< the problem is memory, and fewer features would do
};

/// Looks at a plan: finds embeddings, cuts target groups and reckons the cost. Never throws; failures are the
/// assessment's problem. Takes up to a second where there are many pictures: not for the UI thread.
[[nodiscard]] PlanAssessment assessPlan(const Plan& plan, const Study& study, const std::filesystem::path& workspace,
                                        const std::vector<EmbeddingOption>& options, const Machine& machine);

/// Assesses plans on a pool thread, the newest one asked for; answers to older questions are dropped. What changes
/// slowly (embeddings, the machine's speed) is kept for some seconds.
class PlanAssessor : public QObject {
  Q_OBJECT

 public:
  explicit PlanAssessor(QObject* parent = nullptr);
  ~PlanAssessor() override;

  /// Asks about a plan, a moment later (typing asks once, not per key).
  void ask(const Plan& plan, std::shared_ptr<const Study> study, const std::filesystem::path& workspace);
  /// Drops questions under way, e.g. because the study was closed.
  void forget();
  /// Looks for embeddings again at the next question.
  void forgetEmbeddings();
  /// Whether an answer to the newest question is still to come.
  [[nodiscard]] bool isWaiting() const { return m_isWaiting; }

 Q_SIGNALS:
  void assessed(const std::shared_ptr<const corticast::PlanAssessment>& assessment);

 private:
  struct Question;
  struct Memory;
  void start();
  static std::shared_ptr<const PlanAssessment> answer(const Question& question, Memory& memory);

  std::shared_ptr<const Question> m_question;
  std::shared_ptr<Memory> m_memory;
  QTimer m_delay;
  quint64 m_newest = 0;
  bool m_isWaiting = false;
  bool m_isBusy = false;
};

}  // namespace corticast
