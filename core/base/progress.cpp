#include "core/base/progress.h"

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {

ProgressReporter::ProgressReporter(ProgressCallback callback, std::stop_token stop)
    : m_callback(std::move(callback)), m_stop(std::move(stop)) {}

void ProgressReporter::begin(std::string stage, size_t total, std::string unit) {
  m_stage = std::move(stage);
  m_unit = std::move(unit);
  m_total = total;
  m_done = 0;
  m_started = Clock::now();
  report();
}

void ProgressReporter::advance(size_t count) {
  m_done += count;
  if (m_done >= m_total || Clock::now() - m_reported >= std::chrono::milliseconds(50)) report();
}

void ProgressReporter::checkCancelled() const {
  if (m_stop.stop_requested()) throw Cancelled();
}

void ProgressReporter::report() {
  m_reported = Clock::now();
  if (!m_callback) return;
  Progress progress{.stage = m_stage,
                    .fraction = m_total ? static_cast<double>(m_done) / static_cast<double>(m_total) : 1.0,
                    .detail = thousands(m_done) + " of " + thousands(m_total) + " " + m_unit,
                    .secondsLeft = {}};
  const double elapsed = std::chrono::duration<double>(m_reported - m_started).count();
  if (m_done > 0 && elapsed > 0.2)
    progress.secondsLeft = elapsed * static_cast<double>(m_total - m_done) / static_cast<double>(m_done);
  m_callback(progress);
}

}  // namespace corticast
