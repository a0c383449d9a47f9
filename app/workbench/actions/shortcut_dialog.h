#pragma once
#include <QDialog>
#include <QList>
#include <QMap>

class QAction;
class QKeySequenceEdit;
class QLabel;
class QTreeWidget;

namespace corticast {

class Settings;

/// The sheet of all keys: each command with its key, which can be changed here. A key that another command has is taken
/// from nobody: the sheet says whose it is.
class ShortcutDialog : public QDialog {
  Q_OBJECT

 public:
  ShortcutDialog(const QList<QAction*>& actions, Settings& settings, QWidget* parent);

 private:
  void fill();
  void showCurrent();
  void change();
  void reset();
  [[nodiscard]] QAction* current() const;

  QList<QAction*> m_actions;
  Settings& m_settings;
  QTreeWidget* m_tree;
  QKeySequenceEdit* m_key;
  QLabel* m_reason;
};

/// Gives the commands the keys that a person has chosen; what the program came with is remembered in each action.
void applyShortcuts(const QList<QAction*>& actions, const Settings& settings);

}  // namespace corticast
