#pragma once
#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QListWidget;

namespace corticast {

/// All commands by name: type a few letters, Enter does the best fitting one. Commands that are not possible now are
/// greyed and stand last.
class CommandPalette : public QDialog {
  Q_OBJECT

 public:
  CommandPalette(const QList<QAction*>& actions, QWidget* parent);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void refill();
  void doCurrent();

  QList<QAction*> m_actions;
  QLineEdit* m_input;
  QListWidget* m_list;
};

}  // namespace corticast
