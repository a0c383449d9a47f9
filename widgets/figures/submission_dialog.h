#pragma once
#include <QDialog>
#include <memory>
#include <vector>

#include "core/data/study.h"
#include "core/export/submission.h"
#include "core/runs/run_snapshot.h"
#include "widgets/state/background_job.h"
#include "widgets/state/file_chooser.h"

class QLabel;
class QComboBox;
class QProgressBar;
class QPushButton;
class QTreeWidget;

namespace corticast {

class SubmissionMap;

/// Puts a challenge submission together: which finished runs, who predicts how many vertices of which hemisphere, a zip
/// and its check list. Planning and writing happen on a thread.
class SubmissionDialog : public QDialog {
  Q_OBJECT

 public:
  using Run = std::shared_ptr<const RunSnapshot>;

  /// Offers the finished ones of `runs`; those in `chosen` (ids) are ticked, or all when none of them is finished.
  SubmissionDialog(std::shared_ptr<const Study> study, const std::vector<Run>& runs, const QStringList& chosen,
                   QWidget* parent);

  /// Writes the zip and checks it: written() or failed().
  void writeTo(const QString& file);
  void setFileChooser(FileChooser chooser) { m_chooser = std::move(chooser); }
  [[nodiscard]] bool isReady() const { return m_plan != nullptr; }

 Q_SIGNALS:
  void planned();
  void written(const QString& file, bool isGood);
  void failed(const QString& reason);

 private:
  void fillRuns(const std::vector<Run>& runs, const QStringList& chosen);
  void plan();
  void showPlan();
  void showChecks(const QString& file);
  void chooseFile();
  void say(const QString& text, bool isError);
  [[nodiscard]] std::vector<RunFolder> chosenRuns() const;
  [[nodiscard]] QStringList chosenNames() const;
  /// Throws Error where a scope cannot be read.
  [[nodiscard]] SubmissionOptions options() const;
  [[nodiscard]] QString sourcesOf(const SubmissionPart& part) const;

  std::shared_ptr<const Study> m_study;
  std::shared_ptr<const SubmissionPlan> m_plan;
  std::shared_ptr<std::vector<SubmissionCheck>> m_checks;
  QTreeWidget* m_runs;
  QComboBox* m_rule;
  SubmissionMap* m_map;
  QTreeWidget* m_parts;
  QTreeWidget* m_checkList;
  QProgressBar* m_bar;
  QLabel* m_message;
  QPushButton* m_write = nullptr;
  QPushButton* m_cancel = nullptr;
  FileChooser m_chooser = fileDialog();
  BackgroundJob m_planning;
  BackgroundJob m_writing;
  bool m_isOutdated = false;
};

}  // namespace corticast
