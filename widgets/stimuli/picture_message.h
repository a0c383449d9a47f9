#pragma once
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace corticast {

/// One line above the pictures: what to do, what went wrong, or what is being computed, with its progress and a button
/// that stops it. What is computed is in front of the rest. There only while it says something. objectNames
/// "pictureMessage", "pictureProgress", "stopPicture".
class PictureMessage : public QWidget {
  Q_OBJECT

 public:
  explicit PictureMessage(QWidget* parent = nullptr);

  void say(const QString& text, bool isError);
  /// `fraction` 0..1, or -1 while it is not known.
  void showBusy(const QString& text, double fraction);
  void endBusy();

 Q_SIGNALS:
  void stopRequested();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void refresh();

  QLabel* m_text;
  QProgressBar* m_progress;
  QToolButton* m_stop;
  QString m_said;
  bool m_isError = false;
  bool m_isBusy = false;
};

}  // namespace corticast
