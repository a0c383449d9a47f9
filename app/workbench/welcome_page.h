#pragma once
#include <QWidget>
#include <memory>

#include "core/data/study.h"

class QCommandLinkButton;
class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace corticast {

/// What is there before a study is open: open a folder, make or open the demo, recent studies, or drop a folder. Slow
/// work shows its progress here, and a study that cannot be used its reasons.
class WelcomePage : public QWidget {
  Q_OBJECT

 public:
  explicit WelcomePage(QWidget* parent = nullptr);

  void setRecentStudies(const QStringList& folders);
  /// Text under the buttons: what is being opened, or why it could not be.
  void setMessage(const QString& text, bool isError);
  /// A bar with the text above it; fraction below 0 says that work goes on without telling how far it is.
  void setProgress(const QString& text, double fraction, bool isCancellable);
  void endProgress();
  /// Says in words why no part of a study can be used.
  void showDamage(const Study& study);

 Q_SIGNALS:
  void openRequested();
  void demoRequested();
  void studyRequested(const QString& folder);
  void cancelRequested();
  /// Every problem of the study that could not be used is to be shown.
  void reportRequested();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  QCommandLinkButton* addButton(QVBoxLayout* column, const QString& name, const QString& text, const QString& help);

  QCommandLinkButton* m_open = nullptr;
  QCommandLinkButton* m_demo = nullptr;
  QVBoxLayout* m_recent;
  QLabel* m_message;
  QPushButton* m_report;
  QProgressBar* m_bar;
  QPushButton* m_cancel;
  bool m_isError = false;
};

}  // namespace corticast
