#pragma once
#include <QFrame>
#include <functional>

class QLabel;
class QPushButton;

namespace corticast {

/// A strip above the cortex that says what failed, or asks a question, without standing in the way: a person goes on
/// working and answers when it suits.
class MessageBar : public QFrame {
  Q_OBJECT

 public:
  explicit MessageBar(QWidget* parent = nullptr);

  /// What failed and why, with a button that copies the text.
  void showFailure(const QString& what, const QString& reason);
  /// A question with one button that does it and one that does not.
  void ask(const QString& question, const QString& yes, const QString& no, const std::function<void()>& action);
  [[nodiscard]] QString text() const;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void colour();

  QLabel* m_text;
  QPushButton* m_yes;
  QPushButton* m_no;
  QPushButton* m_copy;
  std::function<void()> m_action;
  bool m_isFailure = false;
};

}  // namespace corticast
