#pragma once
#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace corticast {

/// A heading that folds what stands under it. Folded, it sums up its content in a few quiet words.
class FoldSection : public QWidget {
  Q_OBJECT

 public:
  /// The heading's objectName is "section-<name>"; without a name, the title in lower case.
  explicit FoldSection(const QString& title, QWidget* parent = nullptr, const QString& name = {});

  /// Where the content goes.
  [[nodiscard]] QVBoxLayout* content() const { return m_content; }
  [[nodiscard]] bool isOpen() const;
  void setOpen(bool isOpen);
  /// Shown beside the heading while folded; cut with an ellipsis where there is no room.
  void setSummary(const QString& summary);
  /// A small red mark beside the heading, so that a wrong value inside a folded section is found.
  void setMarked(bool isMarked);

 private:
  void showState();

  QToolButton* m_header;
  QLabel* m_summary;
  QWidget* m_body;
  QVBoxLayout* m_content;
  bool m_isMarked = false;
  QString m_text;
};

}  // namespace corticast
