#pragma once
#include <QKeySequence>
#include <QList>
#include <QString>
#include <functional>

class QAction;
class QMenu;
class QWidget;

namespace corticast {

/// One command of the window. Every action has a name, by which the palette, the shortcut sheet, settings and tests
/// find it.
struct ActionText {
  QString name;       ///< object name: "openStudy"
  QString text;       ///< menu text, sentence case
  QString icon = {};  ///< of themeIcon(); empty = none
  QList<QKeySequence> keys = {};
  QString help = {};  ///< what it does, for tool tip and palette
};

/// Adds a command to a menu (may be null) and to the window, so that its keys work while the menu bar is hidden.
QAction* addNamedAction(QWidget& window, QMenu* menu, const ActionText& text, const std::function<void()>& action);

/// The window's commands, in the order in which they were added.
[[nodiscard]] QList<QAction*> namedActions(const QWidget& window);

/// "Open study" of "&Open study…".
[[nodiscard]] QString plainText(const QAction& action);

}  // namespace corticast
