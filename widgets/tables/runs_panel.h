#pragma once
#include <QWidget>

#include "widgets/state/file_chooser.h"
#include "widgets/state/workbench_state.h"

class QAction;
class QFrame;
class QLabel;
class QSortFilterProxyModel;
class QStackedLayout;
class QTableView;
class QTimer;

namespace corticast {

class RunTableButton;
class RunsModel;

/// Every run of the workspace. Selecting rows selects runs everywhere (the current row is the current run). What is
/// to be done with them is asked for by signals. Sorting happens on request and when nobody looks: rows never move
/// under the cursor.
class RunsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit RunsPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~RunsPanel() override;

  void setFileChooser(FileChooser chooser);

 Q_SIGNALS:
  void pauseRequested(const QString& id);
  void resumeRequested(const QString& id);
  void stopRequested(const QString& id);
  void deleteRequested(const QStringList& ids);
  void renameRequested(const QString& id, const QString& name);
  void noteRequested(const QString& id, const QString& note);
  void exported(const QString& file);
  void failed(const QString& what, const QString& reason);

 protected:
  void changeEvent(QEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  using Test = bool (*)(const RunSnapshot&);

  void buildTable();
  void buildActions();
  QAction* addAction(const QString& name, const QString& text, const QString& toolTip, const QKeySequence& shortcut,
                     const std::function<void()>& action);
  QWidget* buildToolRow();
  QWidget* buildDetails();

  void takeSelection();
  void showSelection();
  void onRunsChanged();
  void onRunUpdated();
  void sortSoon();
  void sortUnwatched();
  void showActions();
  void showDetails();
  void showIcons();
  [[nodiscard]] std::vector<WorkbenchState::RunPointer> selectedThat(Test test) const;
  void pauseOrResume();
  void editCell(int column);

  WorkbenchState& m_state;
  RunsModel* m_model;
  QSortFilterProxyModel* m_sorted;
  QTableView* m_table;
  QLabel* m_empty;
  QStackedLayout* m_pages;
  QFrame* m_details;
  QLabel* m_detailsText;
  QAction* m_pause = nullptr;
  QAction* m_resume = nullptr;
  QAction* m_stop = nullptr;
  QAction* m_delete = nullptr;
  QAction* m_rename = nullptr;
  QAction* m_note = nullptr;
  QTimer* m_sortTimer;
  RunTableButton* m_export;
  bool m_isSelecting = false;
  bool m_hasChosen = false;  ///< a run was selected once in this workspace
};

}  // namespace corticast
