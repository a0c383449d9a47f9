#pragma once
#include <QWidget>

class QLabel;
class QSlider;
class QTimer;
class QToolButton;

namespace corticast {

class WorkbenchState;

/// Rewinds the cortex through the current run's epochs: a slider, one epoch back and forth, play, and "live", which
/// follows the newest epoch. Greyed while there is nothing to rewind.
class EpochSlider : public QWidget {
  Q_OBJECT

 public:
  explicit EpochSlider(WorkbenchState& state, QWidget* parent = nullptr);
  ~EpochSlider() override;

  void stepBy(int epochs);
  void goLive();

 private:
  void refresh();
  void togglePlay();
  void playNext();
  [[nodiscard]] int lastEpoch() const;
  QToolButton* button(const QString& name, const QString& icon, const QString& toolTip);

  WorkbenchState& m_state;
  QToolButton* m_back;
  QSlider* m_slider;
  QToolButton* m_forth;
  QLabel* m_label;
  QToolButton* m_play;
  QToolButton* m_live;
  QTimer* m_timer;
};

}  // namespace corticast
