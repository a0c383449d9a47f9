#pragma once
#include <QWidget>
#include <functional>

class QLabel;
class QTimer;
class QToolButton;

namespace corticast {

/// "Deleted CLIP-Linear   Undo" in the status bar, for a while.
class UndoNotice : public QWidget {
  Q_OBJECT

 public:
  explicit UndoNotice(QWidget* parent = nullptr);
  ~UndoNotice() override;

  /// Shows the text and the button that calls `undo`; a newer offer takes the place of an older one.
  void offer(const QString& text, std::function<void()> undo);
  /// Once `undo` would undo something else.
  void withdraw();

 private:
  QLabel* m_text;
  QToolButton* m_button;
  QTimer* m_timer;
  std::function<void()> m_undo;
};

}  // namespace corticast
