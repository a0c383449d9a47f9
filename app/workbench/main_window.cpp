#include "app/workbench/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QMimeData>
#include <QStackedWidget>
#include <QStatusBar>

#include "app/workbench/bottom_docks.h"
#include "app/workbench/session.h"
#include "app/workbench/settings.h"
#include "app/workbench/train_dock.h"
#include "app/workbench/welcome_page.h"
#include "core/base/text.h"
#include "widgets/cortex/cortex_panel.h"
#include "widgets/cortex/epoch_slider.h"
#include "widgets/forms/train_panel.h"
#include "widgets/style/theme.h"
#include "widgets/tables/study_panel.h"

namespace corticast {
namespace {

QString droppedFolder(const QMimeData* data) {
  if (!data->hasUrls()) return {};
  const QString path = data->urls().front().toLocalFile();
  return QFileInfo(path).isDir() ? path : QString();
}

}  // namespace

MainWindow::MainWindow(Session& session, Settings& settings, QWidget* parent)
    : QMainWindow(parent),
      m_session(session),
      m_settings(settings),
      m_centre(new QStackedWidget(this)),
      m_welcome(new WelcomePage(this)),
      m_cortex(new CortexPanel(session.state(), this)) {
  setObjectName("mainWindow");
  setWindowTitle(tr("Corticast"));
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  m_centre->addWidget(m_welcome);
  m_centre->addWidget(m_cortex);
  setCentralWidget(m_centre);
  statusBar()->setObjectName("statusBar");
  buildDocks();
  buildFileMenu();
  buildViewMenu();
  connectSession();
  m_welcome->setRecentStudies(settings.recentStudies());
  resize(1440, 900);
  restoreGeometry(settings.windowGeometry());
  restoreState(settings.windowState());
}

MainWindow::~MainWindow() = default;

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
  addDock("studyDock", tr("Study"), new StudyPanel(m_session.state(), this), Qt::LeftDockWidgetArea);
  addDock("trainDock", tr("Train"), makeTrainPanel(m_session, this), Qt::RightDockWidgetArea);
  m_bottom = new BottomDocks(*this, m_session);
}

QAction* MainWindow::addAction(QMenu* menu, const QString& name, const QString& text, const QKeySequence& shortcut,
                               const std::function<void()>& action) {
  auto* made = new QAction(text, this);
  made->setObjectName(name);
  made->setShortcut(shortcut);
  connect(made, &QAction::triggered, this, action);
  menu->addAction(made);
  return made;
}

void MainWindow::buildFileMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&File"));
  addAction(menu, "openStudy", tr("&Open study…"), QKeySequence::Open, [this] { chooseStudy(); });
  m_recentMenu = menu->addMenu(tr("Open &recent"));
  connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
  menu->addSeparator();
  addAction(menu, "quit", tr("&Quit"), QKeySequence::Quit, [this] { close(); });
}

void MainWindow::buildViewMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&View"));
  int key = Qt::Key_1;
  for (const ViewPreset& preset : viewPresets())
    addAction(menu, QString("view-%1").arg(QString::fromStdString(preset.id)), QString::fromStdString(preset.label),
              QKeySequence(key++), [this, id = preset.id] { m_cortex->setViews(id); });
  menu->addSeparator();
  addAction(menu, "frameRoi", tr("&Frame the current ROI"), QKeySequence(Qt::Key_F),
            [this] { m_cortex->frameCurrentRoi(); });
  addAction(menu, "epochBackAction", tr("Epoch back"), QKeySequence("["), [this] { m_cortex->epochs().stepBy(-1); });
  addAction(menu, "epochForthAction", tr("Epoch forth"), QKeySequence("]"), [this] { m_cortex->epochs().stepBy(1); });
  menu->addSeparator();
  QMenu* themes = menu->addMenu(tr("&Theme"));
  auto* group = new QActionGroup(this);
  const QStringList labels = {tr("As the desktop"), tr("Light"), tr("Dark")};
  for (int choice = 0; choice < labels.size(); ++choice) {
    QAction* action =
        addAction(themes, QString("theme%1").arg(choice), labels[choice], {}, [this, choice] { setTheme(choice); });
    action->setCheckable(true);
    action->setChecked(static_cast<int>(m_settings.theme()) == choice);
    group->addAction(action);
  }
  m_panelsMenu = menu->addMenu(tr("&Panels"));
  for (QDockWidget* dock : findChildren<QDockWidget*>()) m_panelsMenu->addAction(dock->toggleViewAction());
}

void MainWindow::connectSession() {
  connect(m_welcome, &WelcomePage::openRequested, this, &MainWindow::chooseStudy);
  connect(m_welcome, &WelcomePage::studyRequested, this, &MainWindow::openStudy);
  connect(&m_session, &Session::studyOpening, this, [this](const QString& folder) {
    m_welcome->setMessage(tr("Opening %1…").arg(QDir::toNativeSeparators(folder)), false);
  });
  connect(&m_session, &Session::studyOpened, this, [this](const QString& folder, double seconds) {
    m_settings.addRecentStudy(folder);
    m_welcome->setMessage({}, false);
    m_welcome->setRecentStudies(m_settings.recentStudies());
    m_centre->setCurrentWidget(m_cortex);
    setWindowTitle(tr("%1 — Corticast").arg(QFileInfo(folder).fileName()));
    statusBar()->showMessage(tr("Opened in %1 s").arg(QString::fromStdString(fixed(seconds, 2))), 5000);
  });
  connect(&m_session, &Session::failed, this, &MainWindow::showFailure);
}

void MainWindow::showFailure(const QString& what, const QString& reason) {
  const QString text = tr("%1 failed.\n%2").arg(what, reason);
  m_welcome->setMessage(text, true);
  statusBar()->showMessage(text);
}

void MainWindow::chooseStudy() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a study"));
  if (!folder.isEmpty()) openStudy(folder);
}

void MainWindow::openStudy(const QString& folder) {
  m_session.openStudy(folder);
}

void MainWindow::fillRecentMenu() {
  m_recentMenu->clear();
  for (const QString& folder : m_settings.recentStudies())
    m_recentMenu->addAction(QDir::toNativeSeparators(folder), this, [this, folder] { openStudy(folder); });
  m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
}

void MainWindow::setTheme(int choice) {
  m_settings.setTheme(static_cast<ThemeChoice>(choice));
  applyTheme(*static_cast<QApplication*>(QApplication::instance()), m_settings.theme());
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_settings.setWindow(saveGeometry(), saveState());
  QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!droppedFolder(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  openStudy(droppedFolder(event->mimeData()));
}

}  // namespace corticast
