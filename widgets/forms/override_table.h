#pragma once
#include <QWidget>
#include <set>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/training/plan.h"
#include "widgets/forms/override_model.h"

class QLabel;
class QTableView;
class QToolButton;

namespace corticast {

/// The table of per-ROI overrides with its buttons: settings are added and removed as columns; a row's menu clears it,
/// parts it by hemisphere, or trains that ROI alone, as does the button below. objectNames: "overrideTable",
/// "addOverrideColumn", "trainOnlyThisRoi", "overrideProblem".
class OverrideTable : public QWidget {
  Q_OBJECT

 public:
  explicit OverrideTable(QWidget* parent = nullptr);

  [[nodiscard]] OverrideModel& model() const { return *m_model; }
  /// The ROIs that are trained, in order.
  void setRois(const std::vector<OverrideRow>& rois);
  /// The form's values: what empty cells take, and which settings matter.
  void setInherited(const Json& values);
  void setOverrides(const std::vector<Override>& overrides);
  /// Marks and shows an ROI's row.
  void showRoi(const std::string& roi);

 Q_SIGNALS:
  void changed();
  void roiChosen(const QString& roi);
  void trainOnlyRequested(const QString& roi);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  [[nodiscard]] QString currentRoi() const;
  void buildView();
  void fillColumnMenu();
  void showRowMenu(const QPoint& position);
  void showHeaderMenu(const QPoint& position);
  void showState();
  void layOutRows();
  void setSplit(const std::string& roi, bool isSplit);
  void removeColumn(int column);

  OverrideModel* m_model;
  QTableView* m_view;
  QToolButton* m_add;
  QToolButton* m_only;
  QLabel* m_problem;
  std::vector<OverrideRow> m_rois;
  std::set<std::string> m_split;
  Json m_inherited;
};

}  // namespace corticast
