#pragma once
#include <QWidget>
#include <map>
#include <memory>
#include <vector>

#include "core/export/results_table.h"
#include "widgets/state/file_chooser.h"
#include "widgets/state/workbench_state.h"

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QStackedLayout;
class QTimer;
class QToolButton;
class QTreeView;

namespace corticast {

class ResultsModel;

/// The paper's results table of the workspace's runs, live: sort, filter, group, show only what differs between chosen
/// runs, the best marked, the paper's own rows beside them, saved as LaTeX, Markdown or CSV. Selecting rows selects
/// their runs everywhere.
class ResultsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit ResultsPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~ResultsPanel() override;

  [[nodiscard]] ResultsModel& model() const { return *m_model; }
  void setFileChooser(FileChooser chooser) { m_chooser = std::move(chooser); }

 Q_SIGNALS:
  /// The rows of all runs have been read.
  void measured();
  void exported(const QString& file);
  void failed(const QString& what, const QString& reason);

 protected:
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  using Rows = std::vector<TableRow>;

  QWidget* buildToolRow();
  QToolButton* buildExport();
  void buildTable();
  void fillRois();
  void readSoon(int milliseconds);
  void read();
  void showRows();
  void applyView();
  void hideEqualColumns();
  void showSelection();
  void takeSelection();
  void save(const QString& format, const QString& suffix);
  void showIcons();
  [[nodiscard]] QString roi() const;

  WorkbenchState& m_state;
  ResultsModel* m_model;
  QTreeView* m_table;
  QLabel* m_empty;
  QStackedLayout* m_pages = nullptr;
  QLineEdit* m_filter = nullptr;
  QComboBox* m_grouping = nullptr;
  QComboBox* m_roi = nullptr;
  QComboBox* m_statistic = nullptr;
  QToolButton* m_chosen = nullptr;
  QToolButton* m_differ = nullptr;
  QToolButton* m_paper = nullptr;
  QToolButton* m_export = nullptr;
  QTimer* m_timer;
  FileChooser m_chooser = fileDialog();
  /// What was read of a run, and of which of its snapshots.
  struct Known {
    WorkbenchState::RunPointer snapshot;
    Rows rows;
  };
  std::map<std::string, Known> m_known;  ///< by run id, for m_knownRoi
  QString m_knownRoi;
  QString m_wantedRoi = "OFA";  ///< as chosen, also while a subject lacks it
  QStringList m_keptRuns;       ///< chosen when "Selected runs" was pressed
  bool m_isReading = false;
  bool m_isOutdated = true;
  bool m_isSelecting = false;
};

}  // namespace corticast
