#include "widgets/forms/wheel_guard.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>

namespace corticast {
namespace {

class WheelGuard : public QObject {
 public:
  using QObject::QObject;

  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() != QEvent::Wheel) return false;
    event->ignore();  // the scroll area gets it next
    return true;
  }
};

}  // namespace

void keepWheelForScrolling(QWidget& form) {
  auto* guard = new WheelGuard(&form);
  for (QComboBox* field : form.findChildren<QComboBox*>()) field->installEventFilter(guard);
  for (QAbstractSpinBox* field : form.findChildren<QAbstractSpinBox*>()) field->installEventFilter(guard);
}

}  // namespace corticast
