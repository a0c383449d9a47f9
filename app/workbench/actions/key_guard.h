#pragma once
#include <QObject>

namespace corticast {

/// Leaves Space to the widget that has the focus where it means something there (buttons, check boxes in trees, lists),
/// although it is the window's shortcut for pausing.
class KeyGuard : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;
  bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace corticast
