#pragma once
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace corticast {

/// What is there before a study is open: open a folder, make or open the demo, recent studies, or drop a folder.
class WelcomePage : public QWidget {
  Q_OBJECT

 public:
  explicit WelcomePage(QWidget* parent = nullptr);

  void setRecentStudies(const QStringList& folders);
  /// Text under the buttons: what is being opened, or why it could not be.
  void setMessage(const QString& text, bool isError);

 Q_SIGNALS:
  void openRequested();
  void demoRequested();
  void studyRequested(const QString& folder);

 private:
  QVBoxLayout* m_recent;
  QLabel* m_message;
};

}  // namespace corticast
