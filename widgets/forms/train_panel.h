#pragma once
#include <QWidget>
#include <memory>
#include <optional>

#include "core/features/embed.h"
#include "core/training/plan.h"
#include "widgets/forms/plan_assessor.h"
#include "widgets/forms/plan_builder.h"
#include "widgets/forms/train_files.h"

class QVBoxLayout;

namespace corticast {

class EmbeddingPicker;
class OverrideSection;
class ParamForm;
class PlanHeader;
class TrainFooter;
class WorkbenchState;

/// The form of a training: preset, everything of it that can be set, overrides per ROI, its cost, and the button. What
/// is trained (subject, hemispheres, checked ROIs) comes from the state. Pictures that are not embedded yet are
/// embedded first when the button is pressed: embedRequested(), and after embedEnded() trainRequested().
class TrainPanel : public QWidget {
  Q_OBJECT

 public:
  explicit TrainPanel(WorkbenchState& state, TrainFiles files = TrainFiles::desktop(), QWidget* parent = nullptr);
  ~TrainPanel() override;

  /// As a press of the button; while something is missing, shows what.
  void train();
  /// One ROI with the form's values and its overrides.
  void trainOnly(const QString& roi);
  /// The plan as the fields are now; nothing when something is missing.
  [[nodiscard]] std::optional<Plan> plan() const;
  void openPlan();
  void savePlan();

  /// The workspace's embeddings are others now.
  void refreshEmbeddings();
  void showEmbedProgress(const QString& text, double fraction);
  /// `failure` in words; empty when it was done or stopped.
  void embedEnded(bool isDone, const QString& failure);

 Q_SIGNALS:
  void trainRequested(const corticast::Plan& plan);
  /// The workspace is left to whoever does it.
  void embedRequested(const corticast::EmbedOptions& options);
  void embedStopRequested();

 private:
  void buildForm(QVBoxLayout* layout);
  void connectParts();
  void fillSubjects();
  void takePreset();
  void takeArray();
  void takeFolder();
  void takeWeights();
  void setEmbedding(const std::string& backbone, const std::string& layer, const std::string& folder);
  void setEmbedding(const EmbeddingOption& option) { setEmbedding(option.backbone, option.layer, option.folder); }
  void showOptions();
  void readPlanFile(const QString& path);
  void take(const std::shared_ptr<const PlanAssessment>& assessment);
  void settleEmbedding();
  void refresh();
  void showFooter();
  void showFailure(const QString& words);
  void go(const Plan& plan);
  void requestEmbedding(EmbedOptions options);
  [[nodiscard]] PlanForm form() const;
  [[nodiscard]] PlanScope scope() const;
  [[nodiscard]] QString whyNot() const;

  WorkbenchState& m_state;
  TrainFiles m_files;
  PlanAssessor m_assessor;
  std::shared_ptr<const PlanAssessment> m_assessment;  ///< of the newest plan; null while none was given
  PlanHeader* m_header;
  ParamForm* m_form;
  EmbeddingPicker* m_picker;
  OverrideSection* m_overrides;
  TrainFooter* m_footer;
  std::optional<Plan> m_waitingPlan;      ///< starts when its pictures are embedded
  std::optional<QString> m_waitingPress;  ///< the button was pressed before the cost was known: "" or one ROI
  EmbedOptions m_embedding;               ///< under way
  QString m_failure;                      ///< of the last thing that was asked for
  bool m_isEmbedding = false;
};

}  // namespace corticast
