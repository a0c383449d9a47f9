#include "app/workbench/session.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/runs/queue.h"
#include "core/runs/run_control.h"
#include "core/runs/workspace.h"

namespace corticast {
namespace {

QString inWords(const std::exception& error) {
  return QString::fromUtf8(error.what());
}

bool isWaitingOrAtWork(const RunSnapshot& run) {
  return run.isWorkerAlive || run.state.status == RunStatus::Queued;
}

}  // namespace

Session::Session(QObject* parent) : QObject(parent), m_watcher(m_state) {
  connect(&m_watcher, &RunWatcher::failed, this,
          [this](const QString& reason) { Q_EMIT failed(tr("Reading the workspace"), reason); });
}

Session::~Session() = default;

void Session::openStudy(const QString& folder) {
  Q_EMIT studyOpening(folder);
  const QPointer<Session> self(this);
  QThreadPool::globalInstance()->start([self, folder, request = ++m_openRequest] {
    std::shared_ptr<const Study> study;
    QString failure;
    QElapsedTimer timer;
    timer.start();
    try {
      study = std::make_shared<const Study>(scanStudy(folder.toStdString()));
    } catch (const std::exception& error) {
      failure = inWords(error);
    }
    const double seconds = static_cast<double>(timer.elapsed()) / 1000;
    QMetaObject::invokeMethod(qApp, [self, request, folder, study, failure, seconds] {
      if (!self || request != self->m_openRequest) return;
      if (!study) {
        Q_EMIT self->failed(tr("Opening the study"), failure);
        return;
      }
      if (study->subjects.empty()) {
        Q_EMIT self->studyRefused(study);
        return;
      }
      self->m_state.setStudy(study);
      Q_EMIT self->studyOpened(folder, seconds);
    });
  });
}

void Session::openWorkspace(const QString& folder) {
  try {
    const Workspace workspace = Workspace::openOrCreate(folder.toStdString());
    m_state.setWorkspace(workspace.root());
    m_watcher.refresh();
  } catch (const std::exception& error) {
    Q_EMIT failed(tr("Opening the workspace"), inWords(error));
  }
}

void Session::inBackground(const QString& what, const std::function<void()>& work, const std::function<void()>& then) {
  const QPointer<Session> self(this);
  QThreadPool::globalInstance()->start([self, what, work, then] {
    QString failure;
    try {
      work();
    } catch (const std::exception& error) {
      failure = inWords(error);
    }
    QMetaObject::invokeMethod(qApp, [self, what, then, failure] {
      if (!self) return;
      if (!failure.isEmpty()) Q_EMIT self->failed(what, failure);
      if (failure.isEmpty()) then();
      self->m_watcher.refresh();
    });
  });
}

void Session::startRuns(const std::vector<Plan>& plans) {
  const auto id = std::make_shared<QString>();
  const auto root = m_state.workspace();
  inBackground(
      tr("Starting the training"),
      [plans, root, id] {
        const Workspace workspace = Workspace::open(root);
        for (const Plan& plan : plans) {
          const std::string made = workspace.createRun(toJson(plan)).id();
          if (id->isEmpty()) *id = QString::fromStdString(made);
        }
        RunQueue(workspace, findCli()).ensureRunning();
      },
      [this, id] { selectOnceKnown(*id); });
}

// The watcher may have found the run already, or will find it in a moment.
void Session::selectOnceKnown(const QString& id) {
  const auto select = [this, id] {
    m_state.setSelectedRuns({id});
    m_state.setEpoch(0);
    m_state.setMap(MapKind::Correlation);
  };
  if (m_state.run(id)) return select();
  auto* waiter = new QObject(this);
  connect(&m_state, &WorkbenchState::runsChanged, waiter, [this, id, select, waiter] {
    if (!m_state.run(id)) return;
    select();
    waiter->deleteLater();
  });
}

void Session::withRun(const QString& id, const QString& what, const std::function<void(const RunFolder&)>& action) {
  const auto run = m_state.run(id);
  if (!run) return;
  try {
    action(RunFolder(run->path));
    m_watcher.refresh();
  } catch (const std::exception& error) {
    Q_EMIT failed(what, inWords(error));
  }
}

void Session::pauseRun(const QString& id) {
  withRun(id, tr("Pausing the run"), [](const RunFolder& run) { corticast::pauseRun(run); });
}

void Session::stopRun(const QString& id) {
  withRun(id, tr("Stopping the run"), [](const RunFolder& run) { corticast::stopRun(run); });
}

void Session::resumeRun(const QString& id) {
  const auto run = m_state.run(id);
  if (!run) return;
  inBackground(
      tr("Resuming the run"),
      [path = run->path, root = m_state.workspace()] {
        corticast::resumeRun(RunFolder(path));
        RunQueue(Workspace::open(root), findCli()).ensureRunning();
      },
      [] {});
}

void Session::renameRun(const QString& id, const QString& name) {
  withRun(id, tr("Renaming the run"), [&](const RunFolder& run) { workspaceOf(run).rename(run, name.toStdString()); });
}

void Session::setRunNote(const QString& id, const QString& note) {
  withRun(id, tr("Writing the note"), [&](const RunFolder& run) { workspaceOf(run).setNote(run, note.toStdString()); });
}

QStringList Session::deleteRuns(const QStringList& ids) {
  QStringList deleted;
  for (const QString& id : ids)
    withRun(id, tr("Deleting the run"), [&](const RunFolder& run) {
      workspaceOf(run).moveToTrash(run);
      deleted << id;
    });
  return deleted;
}

void Session::restoreRuns(const QStringList& ids) {
  try {
    const Workspace workspace = Workspace::open(m_state.workspace());
    for (const QString& id : ids) (void)workspace.restoreFromTrash(id.toStdString());
    m_watcher.refresh();
  } catch (const std::exception& error) {
    Q_EMIT failed(tr("Bringing the run back"), inWords(error));
  }
}

bool Session::isTraining() const {
  return std::ranges::any_of(m_state.runs(), [](const auto& run) { return isWaitingOrAtWork(*run); });
}

void Session::pauseAllRuns() {
  for (const auto& run : m_state.runs())
    if (isWaitingOrAtWork(*run)) pauseRun(QString::fromStdString(run->id));
}

}  // namespace corticast
