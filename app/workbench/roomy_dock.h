#pragma once
#include <QObject>

class QDockWidget;
class QMainWindow;

namespace corticast {

/// Gives one of the docks that share an area as tabs more of the window's height while it is the one in front, and the
/// others back what they had. What a person drags either to is kept until the window closes.
class RoomyDock : public QObject {
  Q_OBJECT

 public:
  /// `share` of the window's height, 0 to 1, as long as nobody has dragged it.
  RoomyDock(QMainWindow& window, QDockWidget& dock, double share);

 private:
  void take(QDockWidget* inFront);
  void enlarge();
  void giveBackTo(QDockWidget& other);

  QMainWindow& m_window;
  QDockWidget& m_dock;
  double m_share;
  int m_usual = 0;  ///< height of the others while this one is in front, else 0
  int m_roomy = 0;  ///< height of this one; 0: by m_share
};

}  // namespace corticast
