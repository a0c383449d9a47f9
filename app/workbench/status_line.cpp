#include "app/workbench/status_line.h"

#include <unistd.h>

#include <QLabel>
#include <QProgressBar>
#include <QStatusBar>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>

#include "core/base/text.h"
#include "core/linalg/device.h"
#include "widgets/state/background_job.h"

namespace corticast {
namespace {

constexpr int kMemoryMilliseconds = 2000;
constexpr int kProgressWidth = 140;

bool isAtWork(const WorkbenchState::RunPointer& run) {
  return run->isWorkerAlive;
}

}  // namespace

uint64_t residentBytes() {
  uint64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

StatusLine::StatusLine(QStatusBar& bar, WorkbenchState& state, QObject* parent)
    : QObject(parent),
      m_state(state),
      m_device(new QLabel(&bar)),
      m_run(new QLabel(&bar)),
      m_progress(new QProgressBar(&bar)),
      m_left(new QLabel(&bar)),
      m_memory(new QLabel(&bar)) {
  m_device->setObjectName("statusDevice");
  m_run->setObjectName("statusRun");
  m_progress->setObjectName("statusProgress");
  m_left->setObjectName("statusTimeLeft");
  m_memory->setObjectName("statusMemory");
  m_memory->setToolTip(tr("Memory of this window, and of the training at work"));
  m_progress->setFixedWidth(kProgressWidth);
  m_progress->setMaximumHeight(12);
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  for (QWidget* widget :
       {static_cast<QWidget*>(m_run), static_cast<QWidget*>(m_progress), static_cast<QWidget*>(m_left),
        static_cast<QWidget*>(m_device), static_cast<QWidget*>(m_memory)})
    bar.addPermanentWidget(widget);
  connect(&state, &WorkbenchState::runsChanged, this, &StatusLine::showRun);
  connect(&state, &WorkbenchState::runUpdated, this, &StatusLine::showRun);
  auto* timer = new QTimer(this);
  connect(timer, &QTimer::timeout, this, &StatusLine::showMemory);
  timer->start(kMemoryMilliseconds);
  findDevice();
  showRun();
  showMemory();
}

void StatusLine::findDevice() {
  m_device->setText(tr("Looking for devices…"));
  auto* job = new BackgroundJob(this);
  const auto found = std::make_shared<std::string>();
  connect(job, &BackgroundJob::finished, this, [this, job, found] {
    m_device->setText(QString::fromStdString(*found));
    job->deleteLater();
  });
  connect(job, &BackgroundJob::failed, m_device, &QLabel::setText);
  job->start([found](ProgressReporter&) { *found = chooseDevice("auto").reason; });
}

void StatusLine::showRun() {
  const auto& runs = m_state.runs();
  const auto run = std::ranges::find_if(runs, isAtWork);
  const bool isAny = run != runs.end();
  for (QWidget* widget :
       {static_cast<QWidget*>(m_run), static_cast<QWidget*>(m_progress), static_cast<QWidget*>(m_left)})
    widget->setVisible(isAny);
  if (!isAny) return;
  const RunSnapshot& now = **run;
  const auto waiting =
      std::ranges::count_if(runs, [](const auto& other) { return other->state.status == RunStatus::Queued; });
  QString text = QString::fromStdString(now.meta.name.empty() ? now.id : now.meta.name);
  if (now.epoch > 0) text += tr(", epoch %1").arg(now.epoch);
  if (now.epoch == 0 && !now.stage.empty()) text += QString(", %1").arg(QString::fromStdString(now.stage));
  if (waiting > 0) text += tr(" (%1 waiting)").arg(waiting);
  m_run->setText(text);
  m_progress->setValue(static_cast<int>(std::lround(1000 * now.fraction)));
  m_left->setText(now.secondsLeft ? tr("%1 left").arg(QString::fromStdString(duration(*now.secondsLeft))) : QString());
}

void StatusLine::showMemory() {
  QString text = QString::fromStdString(byteSize(residentBytes()));
  const auto run = std::ranges::find_if(m_state.runs(), isAtWork);
  if (run != m_state.runs().end() && (*run)->memoryBytes > 0)
    text += tr(" · training %1").arg(QString::fromStdString(byteSize((*run)->memoryBytes)));
  m_memory->setText(text);
}

}  // namespace corticast
