#pragma once
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <vector>

namespace corticast {

/// How long the UI thread goes without attending to events: a timer ticks every 5 ms, and the longest time between two
/// ticks is the longest stall.
class StallMeter : public QObject {
  Q_OBJECT

 public:
  explicit StallMeter(QObject* parent = nullptr);

  /// Forgets what was measured so far.
  void restart();
  [[nodiscard]] double longestMilliseconds() const { return m_longest; }
  [[nodiscard]] int ticks() const { return static_cast<int>(m_gaps.size()); }
  /// The time between ticks that this share of all (0..1) does not exceed; 0 before the first.
  [[nodiscard]] double quantileMilliseconds(double share) const;

 private:
  void tick();

  QTimer m_timer;
  QElapsedTimer m_sinceTick;
  double m_longest = 0;
  std::vector<double> m_gaps;
};

}  // namespace corticast
