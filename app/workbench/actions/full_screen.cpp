#include "app/workbench/actions/full_screen.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QMenuBar>
#include <QStatusBar>
#include <QToolBar>

namespace corticast {

void FullScreen::toggle() {
  m_isOn = !m_isOn;
  if (m_isOn) {
    QList<QWidget*> around{m_window.menuBar(), m_window.statusBar()};
    for (QToolBar* bar : m_window.findChildren<QToolBar*>(QString(), Qt::FindDirectChildrenOnly)) around << bar;
    for (QDockWidget* dock : m_window.findChildren<QDockWidget*>(QString(), Qt::FindDirectChildrenOnly)) around << dock;
    m_hidden.clear();
    for (QWidget* widget : around)
      if (widget->isVisible()) {
        m_hidden << widget;
        widget->hide();
      }
    m_wasMaximised = m_window.isMaximized();
    m_window.showFullScreen();
    return;
  }
  for (const QPointer<QWidget>& widget : m_hidden)
    if (widget) widget->show();
  m_hidden.clear();
  if (m_wasMaximised)
    m_window.showMaximized();
  else
    m_window.showNormal();
}

}  // namespace corticast
