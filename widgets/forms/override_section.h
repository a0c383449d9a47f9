#pragma once
#include <string>
#include <vector>

#include "core/data/study.h"
#include "core/training/plan.h"
#include "widgets/forms/fold_section.h"
#include "widgets/forms/plan_builder.h"

class QLabel;

namespace corticast {

class OverrideTable;

/// The part "Per ROI" of the train panel: the table of overrides, with a note where there is none or where more is to
/// be known. Keeps overrides of a plan file that are not of single ROIs, which the table cannot show. objectName of the
/// note: "overrideNote".
class OverrideSection : public FoldSection {
  Q_OBJECT

 public:
  explicit OverrideSection(QWidget* parent = nullptr);

  /// What is trained, on which subject (may be null), and the form's values.
  void setScope(const PlanScope& scope, const Subject* subject, const Json& values);
  [[nodiscard]] std::vector<Override> overrides() const;
  /// Opens the section when there are some.
  void setOverrides(const std::vector<Override>& overrides);
  /// "FFA-1, patience: must be a whole number"; empty when all is fine.
  [[nodiscard]] QString firstProblem() const;
  /// Marks and shows an ROI's row.
  void showRoi(const std::string& roi);

 Q_SIGNALS:
  void changed();
  void roiChosen(const QString& roi);
  void trainOnlyRequested(const QString& roi);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void showTone();
  void showNote(const PlanScope& scope, bool isPerRoi, bool hasRows);

  OverrideTable* m_table;
  QLabel* m_note;
  std::vector<Override> m_others;  ///< of no single ROI
};

}  // namespace corticast
