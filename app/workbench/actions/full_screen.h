#pragma once
#include <QByteArray>
#include <QList>
#include <QPointer>
#include <QWidget>

class QMainWindow;

namespace corticast {

/// Gives the cortex the whole screen, and back: docks, bars and menu go and come as they were.
class FullScreen {
 public:
  explicit FullScreen(QMainWindow& window) : m_window(window) {}

  void toggle();
  [[nodiscard]] bool isOn() const { return m_isOn; }

 private:
  QMainWindow& m_window;
  QList<QPointer<QWidget>> m_hidden;
  bool m_isOn = false;
  bool m_wasMaximised = false;
};

}  // namespace corticast
