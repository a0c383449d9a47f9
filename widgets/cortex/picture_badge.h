#pragma once
#include <QFrame>

class QLabel;

namespace corticast {

class WorkbenchState;

/// The picture whose response is painted, in the corner of the cortex, with what it is. There only while
/// MapKind::Picture is shown. objectName "pictureBadge".
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
