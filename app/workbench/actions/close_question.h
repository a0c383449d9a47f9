#pragma once
#include <QDialog>

namespace corticast {

/// Asked when the window is closed while a training is under way.
class CloseQuestion : public QDialog {
  Q_OBJECT

 public:
  enum class Answer { KeepTraining, StopTraining };

  CloseQuestion(int runs, QWidget* parent);

 Q_SIGNALS:
  /// Not sent when a person cancels.
  void answered(corticast::CloseQuestion::Answer answer);
};

}  // namespace corticast
