#pragma once
#include <QDialog>
#include <memory>
#include <vector>

#include "core/training/study_plan.h"
#include "widgets/forms/plan_assessor.h"

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QSpinBox;
class QTreeWidget;
class QTreeWidgetItem;

namespace corticast {

class BackgroundJob;
struct Study;

/// Every training of a published study at once: which rows, by which embedding each, and what that takes. Rows without
/// a fitting embedding say so and are left unticked. The caller queues plans() when it is accepted.
class StudyPlanDialog : public QDialog {
  Q_OBJECT

 public:
  /// `subjects` are trained; embeddings are those of `workspace`.
  StudyPlanDialog(const StudyPlan& plan, std::shared_ptr<const Study> study, std::vector<std::string> subjects,
                  std::filesystem::path workspace, QWidget* parent);
  ~StudyPlanDialog() override;

  /// Of the ticked rows, in their order; each names all it needs.
  [[nodiscard]] std::vector<Plan> plans() const;
  /// Whether costs are still being reckoned.
  [[nodiscard]] bool isBusy() const;

 private:
  struct Reckoning;

  void fillRows();
  void offerEmbeddings();
  void reckon();
  void showReckoning();
  void showTotals();
  [[nodiscard]] Plan planOfRow(int row) const;
  [[nodiscard]] QTreeWidgetItem* item(int row) const;
  [[nodiscard]] QComboBox* embeddingOf(int row) const;

  StudyPlan m_plan;
  std::shared_ptr<const Study> m_study;
  std::vector<std::string> m_subjects;
  std::filesystem::path m_workspace;
  std::shared_ptr<Reckoning> m_reckoning;  ///< shared with the job that fills it
  BackgroundJob* m_job;
  QTreeWidget* m_rows;
  QSpinBox* m_epochs;
  QLabel* m_totals;
  QDialogButtonBox* m_buttons;
  bool m_mustReckonAgain = false;
};

}  // namespace corticast
