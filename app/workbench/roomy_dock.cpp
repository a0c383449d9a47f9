#include "app/workbench/roomy_dock.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QTimer>

namespace corticast {

RoomyDock::RoomyDock(QMainWindow& window, QDockWidget& dock, double share)
    : QObject(&dock), m_window(window), m_dock(dock), m_share(share) {
  connect(&window, &QMainWindow::tabifiedDockWidgetActivated, this, [this](QDockWidget* inFront) {
    // It is laid out after the signal.
    QTimer::singleShot(0, this, [this, inFront] { take(inFront); });
  });
}

void RoomyDock::take(QDockWidget* inFront) {
  if (inFront == &m_dock)
    enlarge();
  else if (m_usual > 0 && m_window.tabifiedDockWidgets(&m_dock).contains(inFront))
    giveBackTo(*inFront);
}

void RoomyDock::enlarge() {
  if (m_usual > 0) return;
  m_usual = m_dock.height();
  const int wanted = m_roomy > 0 ? m_roomy : static_cast<int>(m_share * m_window.height());
  if (wanted > m_usual) m_window.resizeDocks({&m_dock}, {wanted}, Qt::Vertical);
}

void RoomyDock::giveBackTo(QDockWidget& other) {
  m_roomy = other.height();
  m_window.resizeDocks({&other}, {m_usual}, Qt::Vertical);
  m_usual = 0;
}

}  // namespace corticast
