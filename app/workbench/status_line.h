#pragma once
#include <QObject>

#include "widgets/state/workbench_state.h"

class QLabel;
class QProgressBar;
class QStatusBar;

namespace corticast {

/// What stands in the status bar for good: the device, the run at work with its progress and time left, memory.
class StatusLine : public QObject {
  Q_OBJECT

 public:
  StatusLine(QStatusBar& bar, WorkbenchState& state, QObject* parent);

 private:
  void findDevice();
  void showRun();
  void showMemory();

  WorkbenchState& m_state;
  QLabel* m_device;
  QLabel* m_run;
  QProgressBar* m_progress;
  QLabel* m_left;
  QLabel* m_memory;
};

/// Bytes of memory that this process holds (resident set); 0 where the system does not tell.
[[nodiscard]] uint64_t residentBytes();

}  // namespace corticast
