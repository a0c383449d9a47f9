#pragma once
#include <QWidget>

#include "widgets/tables/log_model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;
class QToolButton;

namespace corticast {

class LogFilter;

/// What happened, in the selected runs and in the workbench. Follows the newest line while it is in sight.
class LogPanel : public QWidget {
  Q_OBJECT

 public:
  explicit LogPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~LogPanel() override;

  /// Something that the workbench itself has to say, now.
  void add(LogLevel level, const QString& text);

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void buildTable();
  void copySelected() const;
  void showIcons();
  void showEmpty();

  LogModel* m_model;
  LogFilter* m_filter;
  QTableView* m_table;
  QComboBox* m_level;
  QLineEdit* m_search;
  QToolButton* m_copy;
  QLabel* m_empty;
  bool m_isAtEnd = true;
};

}  // namespace corticast
