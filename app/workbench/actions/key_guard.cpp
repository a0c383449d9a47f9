#include "app/workbench/actions/key_guard.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QKeyEvent>

namespace corticast {

bool KeyGuard::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::ShortcutOverride) return false;
  const auto* key = static_cast<QKeyEvent*>(event);
  if (key->key() != Qt::Key_Space || key->modifiers() != Qt::NoModifier) return false;
  const bool needsSpace = qobject_cast<QAbstractButton*>(watched) || qobject_cast<QAbstractItemView*>(watched) ||
                          qobject_cast<QComboBox*>(watched);
  if (needsSpace) event->accept();
  return needsSpace;
}

}  // namespace corticast
