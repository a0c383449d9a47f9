#pragma once
#include <QDialog>
#include <memory>

#include "core/data/study.h"

class QTreeWidget;

namespace corticast {

/// What opening a study found, and everything that is wrong in its files: file, place, reason and what to do, with a
/// button that copies it all as text.
class StudyReport : public QDialog {
  Q_OBJECT

 public:
  StudyReport(std::shared_ptr<const Study> study, QWidget* parent);

  /// The report as plain text.
  [[nodiscard]] static QString asText(const Study& study);

 private:
  void fillContents();
  void fillProblems();

  std::shared_ptr<const Study> m_study;
  QTreeWidget* m_contents;
  QTreeWidget* m_problems;
};

/// "2 errors, 1 warning"; empty without problems.
[[nodiscard]] QString problemCount(const Study& study);

}  // namespace corticast
