#pragma once
#include <QWidget>

class QLabel;
class QTimer;
class QToolButton;
class QUndoStack;

namespace corticast {

/// "Deleted CLIP-Linear   Undo" in the status bar, for a while, and not longer than it is what the history undoes next.
class UndoNotice : public QWidget {
  Q_OBJECT

 public:
  explicit UndoNotice(QUndoStack& history, QWidget* parent = nullptr);
  ~UndoNotice() override;

  /// What was done just now: shows it with the button that undoes it. A newer offer takes the place of an older one.
  void offer(const QString& text);

 private:
  void withdraw();

  QLabel* m_text;
  QToolButton* m_button;
  QTimer* m_timer;
};

}  // namespace corticast
