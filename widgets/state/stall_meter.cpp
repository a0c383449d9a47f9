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
  m_gaps.clear();
  m_sinceTick.start();
  m_timer.start();
}

double StallMeter::quantileMilliseconds(double share) const {
  if (m_gaps.empty()) return 0;
  std::vector<double> gaps = m_gaps;
  const auto place = gaps.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(gaps.size() - 1));
  std::ranges::nth_element(gaps, place);
  return *place;
}

void StallMeter::tick() {
  m_gaps.push_back(static_cast<double>(m_sinceTick.nsecsElapsed()) / 1e6);
  m_longest = std::max(m_longest, m_gaps.back());
  m_sinceTick.restart();
}

}  // namespace corticast
