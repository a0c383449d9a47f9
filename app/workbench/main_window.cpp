#include "app/workbench/main_window.h"

#include <QApplication>
#include <QBoxLayout>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <algorithm>

#include "app/workbench/actions/close_question.h"
#include "app/workbench/actions/key_guard.h"
#include "app/workbench/actions/run_commands.h"
#include "app/workbench/actions/run_control.h"
#include "app/workbench/bottom_docks.h"
#include "app/workbench/demo_maker.h"
#include "app/workbench/message_bar.h"
#include "app/workbench/picture_docks.h"
#include "app/workbench/session.h"
#include "app/workbench/settings.h"
#include "app/workbench/status_line.h"
#include "app/workbench/study_report.h"
#include "app/workbench/undo_notice.h"
#include "app/workbench/welcome_page.h"
#include "core/base/text.h"
#include "widgets/cortex/cortex_panel.h"
#include "widgets/forms/train_panel.h"
#include "widgets/tables/study_panel.h"

namespace corticast {
namespace {

constexpr QSize kFirstSize(1440, 900);
constexpr int kStudyWidth = 250;  // what they need; the cortex has the rest
constexpr int kTrainWidth = 330;

QString droppedFolder(const QMimeData* data) {
  if (!data->hasUrls()) return {};
  const QString path = data->urls().front().toLocalFile();
  return QFileInfo(path).isDir() ? path : QString();
}

bool hasErrors(const Study& study) {
  return std::ranges::count(study.problems, Severity::Error, &Problem::severity) > 0;
}

bool hasCeiling(const Subject& subject) {
  return std::ranges::any_of(subject.hemispheres, [](const auto& h) { return !h.noiseCeiling.empty(); });
}

}  // namespace

MainWindow::MainWindow(Session& session, Settings& settings, QWidget* parent)
    : QMainWindow(parent),
      m_session(session),
      m_settings(settings),
      m_fullScreen(*this),
      m_centre(new QStackedWidget(this)),
      m_messages(new MessageBar(this)),
      m_welcome(new WelcomePage(this)),
      m_cortex(new CortexPanel(session.state(), this)),
      m_demo(new DemoMaker(this)),
      m_runCommands(new RunCommands(session, m_undo, this)),
      m_runControl(new RunControl(session, *m_messages, this)) {
  setObjectName("mainWindow");
  setWindowTitle(tr("Corticast"));
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  setCentralWidget(buildCentre());
  statusBar()->setObjectName("statusBar");
  new StatusLine(*statusBar(), session.state(), this);
  buildDocks();
  buildMenus();
  buildToolBar();
  connectSession();
  connectDemo();
  QApplication::instance()->installEventFilter(new KeyGuard(this));
  m_welcome->setRecentStudies(settings.recentStudies());
  restoreLayout();
  updateActions();
}

MainWindow::~MainWindow() = default;

QWidget* MainWindow::buildCentre() {
  auto* centre = new QWidget(this);
  auto* layout = new QVBoxLayout(centre);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(m_messages);
  layout->addWidget(m_centre, 1);
  m_centre->setObjectName("centre");
  m_centre->addWidget(m_welcome);
  m_centre->addWidget(m_cortex);
  return centre;
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(content);
  addDockWidget(area, dock);
  return dock;
}

void MainWindow::buildDocks() {
  setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
  auto* study = addDock("studyDock", tr("Study"), new StudyPanel(m_session.state(), this), Qt::LeftDockWidgetArea);
  auto* trainPanel = new TrainPanel(m_session.state(), TrainFiles::desktop(), this);
  auto* train = addDock("trainDock", tr("Train"), trainPanel, Qt::RightDockWidgetArea);
  auto* undo = new UndoNotice(m_undo, this);
  statusBar()->addWidget(undo);
  m_bottom = new BottomDocks(*this, m_session, *m_runCommands, *undo);
  m_pictures = new PictureDocks(*this, m_session, m_undo, *undo, *trainPanel);
  connect(trainPanel, &TrainPanel::trainRequested, &m_session, &Session::startRun);
  resizeDocks({study, train}, {kStudyWidth, kTrainWidth}, Qt::Horizontal);
}

void MainWindow::restoreLayout() {
  const QSize room = screen()->availableGeometry().size();
  resize(kFirstSize.boundedTo(room));
  if (kFirstSize.boundedTo(room) != kFirstSize) setWindowState(Qt::WindowMaximized);
  restoreGeometry(m_settings.windowGeometry());
  restoreState(m_settings.windowState());
  m_cortex->setSettings(m_settings.cortexView());
}

void MainWindow::connectSession() {
  connect(m_welcome, &WelcomePage::openRequested, this, &MainWindow::chooseStudy);
  connect(m_welcome, &WelcomePage::studyRequested, this, &MainWindow::openStudy);
  connect(m_welcome, &WelcomePage::reportRequested, this, &MainWindow::showReport);
  connect(&m_session, &Session::studyOpening, this, [this](const QString& folder) {
    m_welcome->setProgress(tr("Opening %1…").arg(QDir::toNativeSeparators(folder)), -1, false);
  });
  connect(&m_session, &Session::studyOpened, this, &MainWindow::onStudyOpened);
  connect(&m_session, &Session::studyRefused, this, &MainWindow::onStudyRefused);
  connect(&m_session, &Session::failed, this, [this](const QString& what, const QString& reason) {
    m_welcome->endProgress();
    if (m_centre->currentWidget() == m_welcome)
      m_welcome->setMessage(tr("%1 failed: %2").arg(what, reason), true);
    else
      m_messages->showFailure(what, reason);
  });
  WorkbenchState& state = m_session.state();
  connect(&state, &WorkbenchState::runsChanged, this, &MainWindow::updateActions);
  connect(&state, &WorkbenchState::runUpdated, this, &MainWindow::updateActions);
  connect(&state, &WorkbenchState::selectedRunsChanged, this, &MainWindow::updateActions);
  connect(&state, &WorkbenchState::studyChanged, this, &MainWindow::updateActions);
}

void MainWindow::connectDemo() {
  connect(m_welcome, &WelcomePage::demoRequested, this, &MainWindow::openDemo);
  connect(m_welcome, &WelcomePage::cancelRequested, m_demo, &DemoMaker::cancel);
  connect(m_demo, &DemoMaker::progressed, this, [this](const QString& text, double fraction) {
    m_welcome->setProgress(tr("Making the demo study. %1").arg(text), fraction, true);
  });
  connect(m_demo, &DemoMaker::ready, this, &MainWindow::openStudy);
  connect(m_demo, &DemoMaker::cancelled, m_welcome, &WelcomePage::endProgress);
  connect(m_demo, &DemoMaker::failed, this, [this](const QString& reason) {
    m_welcome->endProgress();
    m_welcome->setMessage(tr("Making the demo study failed: %1").arg(reason), true);
  });
}

void MainWindow::openStudy(const QString& folder) {
  m_session.openStudy(folder);
}

void MainWindow::openDemo() {
  m_centre->setCurrentWidget(m_welcome);
  m_welcome->setProgress(tr("Making the demo study…"), 0, true);
  m_demo->start();
}

void MainWindow::onStudyOpened(const QString& folder, double seconds) {
  const auto study = m_session.state().study();
  m_settings.addRecentStudy(folder);
  m_welcome->endProgress();
  m_welcome->setRecentStudies(m_settings.recentStudies());
  m_centre->setCurrentWidget(m_cortex);
  m_reported = study;
  setWindowTitle(tr("%1 — Corticast").arg(QFileInfo(folder).fileName()));
  // Where there is something to learn about the data before any model, it is what is shown first.
  if (const Subject* subject = m_session.state().subjectData(); subject && hasCeiling(*subject))
    m_session.state().setMap(MapKind::Ceiling);
  const QString count = problemCount(*study);
  const QString time = tr("Opened in %1 s").arg(QString::fromStdString(fixed(seconds, 2)));
  statusBar()->showMessage(count.isEmpty() ? time : tr("%1, with %2").arg(time, count), 8000);
  updateActions();
  if (hasErrors(*study)) showReport();
}

void MainWindow::onStudyRefused(const std::shared_ptr<const Study>& study) {
  m_welcome->endProgress();
  m_centre->setCurrentWidget(m_welcome);
  m_welcome->showDamage(*study);
  m_reported = study;
  updateActions();
}

void MainWindow::showReport() {
  if (!m_reported) return;
  auto* report = new StudyReport(m_reported, this);
  report->setAttribute(Qt::WA_DeleteOnClose);
  report->show();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (m_session.isTraining() && !m_isCloseDecided) {
    event->ignore();
    if (findChild<CloseQuestion*>()) return;
    const auto active =
        std::ranges::count_if(m_session.state().runs(), [](const auto& run) { return run->isWorkerAlive; });
    auto* question = new CloseQuestion(std::max(1, static_cast<int>(active)), this);
    connect(question, &CloseQuestion::answered, this, [this](CloseQuestion::Answer answer) {
      if (answer == CloseQuestion::Answer::StopTraining) m_session.pauseAllRuns();
      m_isCloseDecided = true;
      close();
    });
    question->open();
    return;
  }
  if (m_fullScreen.isOn()) m_fullScreen.toggle();
  m_settings.setWindow(saveGeometry(), saveState());
  m_settings.setCortexView(m_cortex->settings());
  QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QMimeData* dragged = event->mimeData();
  if (!droppedFolder(dragged).isEmpty() || !droppedPicture(dragged).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  if (const QString picture = droppedPicture(event->mimeData()); !picture.isEmpty())
    m_pictures->predictDropped(picture);
  else
    openStudy(droppedFolder(event->mimeData()));
}

}  // namespace corticast
