#include "app/workbench/roomy_dock.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QTimer>

namespace corticast {

RoomyDock::RoomyDock(QMainWindow& window, QDockWidget& dock, double share)
    : QObject(&dock), m_window(window), m_dock(dock), m_share(share) {
  connect(&dock, &QDockWidget::visibilityChanged, this, [this](bool isInFront) {
    // Heights are laid out after the signal.
    QTimer::singleShot(0, this, [this, isInFront] { isInFront ? enlarge() : giveBack(); });
  });
}

QDockWidget* RoomyDock::inFront() const {
  for (QDockWidget* other : m_window.tabifiedDockWidgets(&m_dock))
    if (!other->visibleRegion().isEmpty()) return other;
  return nullptr;
}

void RoomyDock::enlarge() {
  qDebug("enlarge floating %d region empty %d height %d", m_dock.isFloating(), m_dock.visibleRegion().isEmpty(), m_dock.height());
  if (m_dock.isFloating() || m_dock.visibleRegion().isEmpty()) return;
  m_usual = m_dock.height();
  const int wanted = m_roomy > 0 ? m_roomy : static_cast<int>(m_share * m_window.height());
  if (wanted > m_usual) m_window.resizeDocks({&m_dock}, {wanted}, Qt::Vertical);
}

void RoomyDock::giveBack() {
  qDebug("giveBack %p", (void*)inFront());
  QDockWidget* const other = inFront();
  if (m_dock.isFloating() || !other || m_usual == 0) return;
  m_roomy = other->height();
  m_window.resizeDocks({other}, {m_usual}, Qt::Vertical);
  m_usual = 0;
}

}  // namespace corticast
