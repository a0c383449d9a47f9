#include "widgets/state/stall_meter.h"

#include <algorithm>

namespace corticast {

StallMeter::StallMeter(QObject* parent) : QObject(parent) {
  m_timer.setTimerType(Qt::PreciseTimer);
  m_timer.setInterval(5);
  connect(&m_timer, &QTimer::timeout, this, &StallMeter::tick);
  restart();
}

void StallMeter::restart() {
  m_longest = 0;
  m_ticks = 0;
  m_sinceTick.start();
  m_timer.start();
}

void StallMeter::tick() {
  m_longest = std::max(m_longest, static_cast<double>(m_sinceTick.nsecsElapsed()) / 1e6);
  m_sinceTick.restart();
  ++m_ticks;
}

}  // namespace corticast
