#pragma once
#include <QFrame>

class QLabel;

namespace corticast {

class WorkbenchState;

/// The picture whose response is painted, small, with what it is: a strip that takes no room from the cortex's width
/// and covers nothing of it. There only while MapKind::Picture is shown. objectNames "pictureBadge",
/// "pictureBadgeText".
class PictureBadge : public QFrame {
  Q_OBJECT

 public:
  PictureBadge(WorkbenchState& state, QWidget* parent);

 private:
  void refresh();

  WorkbenchState& m_state;
  QLabel* m_picture;
  QLabel* m_text;
};

}  // namespace corticast
