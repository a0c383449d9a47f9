#pragma once
#include <QWidget>

#include "widgets/compare/comparison_source.h"
#include "widgets/state/file_chooser.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;
class QTabWidget;
class QToolButton;

namespace corticast {

class BarPlot;
class CompareCortex;
class CurvesPanel;
class ExportMenu;
class PlanTable;
class RoiVerdictModel;
class ScatterPlot;

/// The selected runs side by side: their maps and the difference on linked cortices, ROIs as bars with intervals, ROIs
/// won and lost, vertices as scatter, and what their plans do differently. Selects with and for the whole window.
class ComparePanel : public QWidget {
  Q_OBJECT

 public:
  explicit ComparePanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~ComparePanel() override;

  [[nodiscard]] CompareCortex& cortex() const { return *m_cortex; }
  [[nodiscard]] BarPlot& bars() const { return *m_bars; }
  [[nodiscard]] ScatterPlot& scatter() const { return *m_scatter; }
  [[nodiscard]] ComparisonSource& source() const { return *m_source; }
  void setFileChooser(const FileChooser& chooser);

 Q_SIGNALS:
  /// A comparison or the reason why there is none is shown.
  void shown();
  void exported(const QString& file);
  void failed(const QString& what, const QString& reason);

 protected:
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  QWidget* buildToolRow();
  QWidget* buildEmptyPage();
  QWidget* buildBars();
  QWidget* buildScatter();
  QWidget* buildVerdicts();
  void connectSelection();
  void takeChoices();
  void swapRuns();
  void take();
  void showRunChoices();
  void showSummary();
  void showBars();
  void showScatter();
  void showCurrentRoi();
  void saveVerdicts();
  void showIcons();

  WorkbenchState& m_state;
  ComparisonSource* m_source;
  CompareCortex* m_cortex;
  BarPlot* m_bars;
  ScatterPlot* m_scatter;
  RoiVerdictModel* m_verdicts;
  QSortFilterProxyModel* m_sorted;
  QTableView* m_verdictTable;
  PlanTable* m_plans;
  CurvesPanel* m_curves;
  ExportMenu* m_barsExport = nullptr;
  ExportMenu* m_scatterExport = nullptr;
  QToolButton* m_verdictsExport = nullptr;
  QComboBox* m_first = nullptr;
  QComboBox* m_second = nullptr;
  QToolButton* m_swap = nullptr;
  QComboBox* m_statistic = nullptr;
  QComboBox* m_test = nullptr;
  QComboBox* m_fdr = nullptr;
  QComboBox* m_which = nullptr;
  QLabel* m_summary = nullptr;
  QLabel* m_advice = nullptr;
  QProgressBar* m_progress = nullptr;
  QToolButton* m_stop = nullptr;
  QTabWidget* m_tabs = nullptr;
  QStackedLayout* m_pages = nullptr;
  FileChooser m_chooser = fileDialog();
};

}  // namespace corticast
