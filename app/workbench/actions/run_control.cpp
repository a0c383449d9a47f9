#include "app/workbench/actions/run_control.h"

#include <algorithm>

#include "app/workbench/message_bar.h"
#include "app/workbench/session.h"

namespace corticast {
namespace {

bool isActive(const RunSnapshot& run) {
  return run.isWorkerAlive || run.state.status == RunStatus::Queued;
}

QString nameOf(const RunSnapshot& run) {
  return QString::fromStdString(run.meta.name.empty() ? run.id : run.meta.name);
}

}  // namespace

RunControl::RunControl(Session& session, MessageBar& messages, QObject* parent)
    : QObject(parent), m_session(session), m_messages(messages) {}

WorkbenchState::RunPointer RunControl::target() const {
  WorkbenchState& state = m_session.state();
  if (const auto current = state.currentRun()) return current;
  const auto atWork = std::ranges::find_if(state.runs(), [](const auto& run) { return run->isWorkerAlive; });
  return atWork == state.runs().end() ? nullptr : *atWork;
}

bool RunControl::canPauseOrResume() const {
  const auto run = target();
  return run && (isActive(*run) || run->state.isResumable());
}

bool RunControl::canStop() const {
  const auto run = target();
  return run && isActive(*run);
}

bool RunControl::wouldPause() const {
  const auto run = target();
  return !run || isActive(*run);
}

void RunControl::pauseOrResume() {
  const auto run = target();
  if (!run || !canPauseOrResume()) return;
  const QString id = QString::fromStdString(run->id);
  if (isActive(*run))
    m_session.pauseRun(id);
  else
    m_session.resumeRun(id);
}

void RunControl::askToStop() {
  const auto run = target();
  if (!run || !canStop()) return;
  m_messages.ask(tr("Stop \"%1\"? A checkpoint is saved; the run can be resumed later.").arg(nameOf(*run)),
                 tr("Stop the run"), tr("Go on training"),
                 [this, id = QString::fromStdString(run->id)] { m_session.stopRun(id); });
}

}  // namespace corticast
