#include "app/workbench/bottom_docks.h"

#include <QDir>
#include <QDockWidget>
#include <QMainWindow>
#include <QStatusBar>

#include "app/workbench/actions/run_commands.h"
#include "app/workbench/roomy_dock.h"
#include "app/workbench/session.h"
#include "app/workbench/undo_notice.h"
#include "widgets/compare/compare_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/roi_bars_panel.h"
#include "widgets/tables/log_panel.h"
#include "widgets/tables/results_panel.h"
#include "widgets/tables/run_words.h"
#include "widgets/tables/runs_panel.h"

namespace corticast {
namespace {

constexpr double kCompareShare = 0.6;  // of the window's height: it has cortices of its own

}  // namespace

BottomDocks::BottomDocks(QMainWindow& window, Session& session, RunCommands& commands, UndoNotice& undo)
    : QObject(&window),
      m_window(window),
      m_session(session),
      m_curves(new CurvesPanel(session.state(), &window)),
      m_runs(new RunsPanel(session.state(), &window)),
      m_results(new ResultsPanel(session.state(), &window)),
      m_rois(new RoiBarsPanel(session.state(), &window)),
      m_compare(new ComparePanel(session.state(), &window)),
      m_log(new LogPanel(session.state(), &window)) {
  addDocks();
  connectRuns(commands, undo);
  connectLog();
}

BottomDocks::~BottomDocks() = default;

void BottomDocks::addDocks() {
  QDockWidget* first = nullptr;
  const auto add = [&](const QString& name, const QString& title, QWidget* content) {
    auto* dock = new QDockWidget(title, &m_window);
    dock->setObjectName(name);
    dock->setWidget(content);
    m_window.addDockWidget(Qt::BottomDockWidgetArea, dock);
    if (first) m_window.tabifyDockWidget(first, dock);
    if (!first) first = dock;
    return dock;
  };
  add("curvesDock", tr("Curves"), m_curves);
  add("runsDock", tr("Runs"), m_runs);
  add("resultsDock", tr("Results"), m_results);
  add("roisDock", tr("ROIs"), m_rois);
  new RoomyDock(m_window, *add("compareDock", tr("Compare"), m_compare), kCompareShare);
  add("logDock", tr("Log"), m_log);
  first->raise();
  m_window.resizeDocks({first}, {240}, Qt::Vertical);
}

void BottomDocks::connectRuns(RunCommands& commands, UndoNotice& undo) {
  Session& session = m_session;
  connect(m_runs, &RunsPanel::pauseRequested, &session, &Session::pauseRun);
  connect(m_runs, &RunsPanel::resumeRequested, &session, &Session::resumeRun);
  connect(m_runs, &RunsPanel::stopRequested, &session, &Session::stopRun);
  connect(m_runs, &RunsPanel::deleteRequested, &commands, &RunCommands::deleteRuns);
  connect(m_runs, &RunsPanel::renameRequested, &commands, &RunCommands::renameRun);
  connect(m_runs, &RunsPanel::noteRequested, &commands, &RunCommands::setNote);
  connect(&commands, &RunCommands::deleted, this, [this, &undo](const QStringList& ids) {
    // Still known here: the list is read anew a moment later.
    const auto run = ids.size() == 1 ? m_session.state().run(ids.front()) : nullptr;
    undo.offer(run ? tr("Deleted %1").arg(runName(*run))
                   : tr("Deleted %n run(s)", nullptr, static_cast<int>(ids.size())));
  });
}

void BottomDocks::connectLog() {
  const auto fail = [this](const QString& what, const QString& reason) {
    m_log->add(LogLevel::Error, tr("%1 failed: %2").arg(what, reason));
  };
  connect(&m_session, &Session::failed, this, fail);
  connect(&m_session, &Session::studyOpened, this, [this](const QString& folder) {
    m_log->add(LogLevel::Info, tr("Opened %1").arg(QDir::toNativeSeparators(folder)));
  });
  const auto report = [this](auto* panel) {
    using Panel = std::remove_pointer_t<decltype(panel)>;
    connect(panel, &Panel::exported, this, [this](const QString& file) {
      m_log->add(LogLevel::Info, tr("Saved %1").arg(QDir::toNativeSeparators(file)));
      say(tr("Saved %1").arg(QDir::toNativeSeparators(file)));
    });
    connect(panel, &Panel::failed, this, [this](const QString& what, const QString& reason) {
      m_log->add(LogLevel::Error, tr("%1 failed: %2").arg(what, reason));
      say(tr("%1 failed: %2").arg(what, reason));
    });
  };
  report(m_curves);
  report(m_results);
  report(m_rois);
  report(m_compare);
  report(m_runs);
}

void BottomDocks::say(const QString& text) {
  constexpr int kMilliseconds = 8000;
  m_window.statusBar()->showMessage(text, kMilliseconds);
}

}  // namespace corticast
