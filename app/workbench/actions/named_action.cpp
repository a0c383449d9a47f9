#include "app/workbench/actions/named_action.h"

#include <QAction>
#include <QMenu>
#include <QWidget>

#include "widgets/style/theme.h"

namespace corticast {
QAction* addNamedAction(QWidget& window, QMenu* menu, const ActionText& text, const std::function<void()>& action) {
  auto* made = new QAction(text.text, &window);
  made->setObjectName(text.name);
  made->setShortcuts(text.keys);
  if (!text.icon.isEmpty()) made->setIcon(themeIcon(text.icon));
  if (!text.help.isEmpty()) {
    const QString keys = made->shortcut().toString(QKeySequence::NativeText);
    made->setToolTip(keys.isEmpty() ? text.help : QString("%1  %2").arg(text.help, keys));
    made->setStatusTip(text.help);
  }
  QObject::connect(made, &QAction::triggered, &window, action);
  window.addAction(made);
  if (menu) menu->addAction(made);
  return made;
}

QList<QAction*> namedActions(const QWidget& window) {
  QList<QAction*> named;
  for (QAction* action : window.actions())
    if (!action->objectName().isEmpty() && !action->isSeparator()) named << action;
  return named;
}

QString plainText(const QAction& action) {
  QString text = action.text();
  text.remove('&').remove(QChar(0x2026));
  return text;
}

}  // namespace corticast
