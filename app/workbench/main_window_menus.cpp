// The window's menus, tool bar and commands; the rest of MainWindow is in main_window.cpp.
#include <QAbstractButton>
#include <QActionGroup>
#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenuBar>
#include <QToolBar>
#include <QUrl>

#include "app/workbench/actions/about_box.h"
#include "app/workbench/actions/command_palette.h"
#include "app/workbench/actions/export_actions.h"
#include "app/workbench/actions/run_control.h"
#include "app/workbench/actions/shortcut_dialog.h"
#include "app/workbench/actions/study_training.h"
#include "app/workbench/main_window.h"
#include "app/workbench/session.h"
#include "app/workbench/settings.h"
#include "widgets/cortex/cortex_panel.h"
#include "widgets/cortex/epoch_slider.h"

namespace corticast {

QAction* MainWindow::add(QMenu* menu, const ActionText& text, const std::function<void()>& action) {
  return addNamedAction(*this, menu, text, action);
}

QAction* MainWindow::action(const QString& name) const {
  return findChild<QAction*>(name, Qt::FindDirectChildrenOnly);
}

void MainWindow::buildMenus() {
  buildFileMenu();
  buildEditMenu();
  buildViewMenu();
  buildStudyMenu();
  buildTrainMenu();
  buildHelpMenu();
  applyShortcuts(namedActions(*this), m_settings);
}

void MainWindow::buildFileMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&File"));
  add(menu,
      {.name = "openStudy",
       .text = tr("&Open study…"),
       .icon = "document-open",
       .keys = {QKeySequence::Open},
       .help = tr("Open a folder in the layout of Algonauts 2023")},
      [this] { chooseStudy(); });
  m_recentMenu = menu->addMenu(tr("Open &recent"));
  connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
  add(menu, {.name = "openDemo", .text = tr("Open the &demo study"), .help = tr("Made first where it is missing")},
      [this] { openDemo(); });
  menu->addSeparator();
  add(menu,
      {.name = "chooseWorkspace",
       .text = tr("Choose &workspace…"),
       .icon = "folder-new",
       .help = tr("The folder that runs and embeddings go to")},
      [this] { chooseWorkspace(); });
  menu->addSeparator();
  add(menu,
      {.name = "exportFigure",
       .text = tr("Export &figure…"),
       .icon = "document-export",
       .keys = {QKeySequence("Ctrl+E")},
       .help = tr("The cortex as PNG, SVG or PDF, at any size")},
      [this] { openFigureDialog(m_session.state(), *m_cortex, this); });
  add(menu,
      {.name = "exportSubmission",
       .text = tr("Challenge &submission…"),
       .icon = "archive-insert",
       .help = tr("Predictions of the test pictures as the Algonauts challenge wants them, checked")},
      [this] { openSubmissionDialog(m_session.state(), this); });
  menu->addSeparator();
  add(menu, {.name = "quit", .text = tr("&Quit"), .icon = "window-close", .keys = {QKeySequence::Quit}},
      [this] { close(); });
}

void MainWindow::buildEditMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Edit"));
  QAction* undo = add(menu, {.name = "undo", .text = tr("&Undo"), .icon = "edit-undo", .keys = {QKeySequence::Undo}},
                      [this] { m_undo.undo(); });
  QAction* redo = add(menu,
                      {.name = "redo",
                       .text = tr("&Redo"),
                       .icon = "edit-redo",
                       .keys = {QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")}},
                      [this] { m_undo.redo(); });
  const auto show = [this, undo, redo] {
    undo->setEnabled(m_undo.canUndo());
    redo->setEnabled(m_undo.canRedo());
    undo->setText(m_undo.canUndo() ? tr("&Undo %1").arg(m_undo.undoText()) : tr("&Undo"));
    redo->setText(m_undo.canRedo() ? tr("&Redo %1").arg(m_undo.redoText()) : tr("&Redo"));
  };
  connect(&m_undo, &QUndoStack::indexChanged, this, show);
  show();
}

void MainWindow::buildViewMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&View"));
  int key = Qt::Key_1;
  for (const ViewPreset& preset : viewPresets())
    add(menu,
        {.name = QString("view-%1").arg(QString::fromStdString(preset.id)),
         .text = QString::fromStdString(preset.label),
         .keys = {QKeySequence(key++)},
         .help = tr("Look at the cortex from there")},
        [this, id = preset.id] { m_cortex->setViews(id); });
  menu->addSeparator();
  QMenu* surfaces = menu->addMenu(tr("&Surface"));
  for (const SurfaceKind kind : kSurfaceKinds) {
    QString label = QString::fromStdString(toString(kind));
    label[0] = label[0].toUpper();
    add(surfaces, {.name = QString("surface-%1").arg(QString::fromStdString(toString(kind))), .text = label},
        [this, kind] {
          CortexViewSettings settings = m_cortex->settings();
          settings.surface = kind;
          m_cortex->setSettings(settings);
        });
  }
  QMenu* maps = menu->addMenu(tr("&Map"));
  struct Map {
    MapKind kind;
    QString name, label;
  };
  for (const Map& map :
       {Map{MapKind::Correlation, "map-correlation", tr("Validation r")},
        Map{MapKind::Ceiling, "map-ceiling", tr("Noise ceiling")}, Map{MapKind::Labels, "map-labels", tr("ROI labels")},
        Map{MapKind::None, "map-none", tr("Folding only")}})
    add(maps, {.name = map.name, .text = map.label}, [this, kind = map.kind] { m_session.state().setMap(kind); });
  menu->addSeparator();
  add(menu,
      {.name = "frameRoi",
       .text = tr("&Frame the current ROI"),
       .icon = "zoom-fit-best",
       .keys = {QKeySequence(Qt::Key_F)},
       .help = tr("Zoom to the ROI that was clicked last; without one, to the whole cortex")},
      [this] { m_cortex->frameCurrentRoi(); });
  add(menu, {.name = "epochBackAction", .text = tr("Epoch &back"), .icon = "go-previous", .keys = {QKeySequence("[")}},
      [this] { m_cortex->epochs().stepBy(-1); });
  add(menu, {.name = "epochForthAction", .text = tr("Epoch f&orth"), .icon = "go-next", .keys = {QKeySequence("]")}},
      [this] { m_cortex->epochs().stepBy(1); });
  add(menu, {.name = "epochLiveAction", .text = tr("Follow the &newest epoch"), .icon = "media-skip-forward"},
      [this] { m_cortex->epochs().goLive(); });
  menu->addSeparator();
  add(menu,
      {.name = "fullScreen",
       .text = tr("Cortex on the f&ull screen"),
       .icon = "view-fullscreen",
       .keys = {QKeySequence(Qt::Key_F11)}},
      [this] { m_fullScreen.toggle(); });
  m_panelsMenu = menu->addMenu(tr("&Panels"));
  for (QDockWidget* dock : findChildren<QDockWidget*>()) m_panelsMenu->addAction(dock->toggleViewAction());
  buildThemeMenu(menu);
}

void MainWindow::buildThemeMenu(QMenu* parent) {
  QMenu* menu = parent->addMenu(tr("&Theme"));
  auto* group = new QActionGroup(this);
  const QStringList labels = {tr("As the desktop"), tr("Light"), tr("Dark")};
  for (int choice = 0; choice < labels.size(); ++choice) {
    QAction* made = add(menu, {.name = QString("theme%1").arg(choice), .text = labels[choice]},
                        [this, choice] { setTheme(choice); });
    made->setCheckable(true);
    made->setChecked(static_cast<int>(m_settings.theme()) == choice);
    group->addAction(made);
  }
}

void MainWindow::buildStudyMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Study"));
  add(menu,
      {.name = "studyReportAction",
       .text = tr("Study &report…"),
       .icon = "view-list-details",
       .help = tr("What was found in the study's files, and what is wrong there")},
      [this] { showReport(); });
}

void MainWindow::buildTrainMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Train"));
  add(menu,
      {.name = "train",
       .text = tr("&Train"),
       .icon = "media-playback-start",
       .keys = {QKeySequence("Ctrl+R")},
       .help = tr("Train what the Train panel says")},
      [this] { train(); });
  add(menu,
      {.name = "trainStudy",
       .text = tr("Train a &whole study…"),
       .help = tr("Every model of a published study, one after another")},
      [this] { openStudyPlanDialog(m_session, this); });
  menu->addSeparator();
  add(menu,
      {.name = "pauseOrResume",
       .text = tr("&Pause"),
       .icon = "media-playback-pause",
       .keys = {QKeySequence(Qt::Key_Space)},
       .help = tr("Pause or resume the chosen run; nothing is lost")},
      [this] { m_runControl->pauseOrResume(); });
  add(menu,
      {.name = "stopRun",
       .text = tr("&Stop…"),
       .icon = "media-playback-stop",
       .keys = {QKeySequence(Qt::Key_Escape)},
       .help = tr("Stop the chosen run, after a question")},
      [this] { m_runControl->askToStop(); });
}

void MainWindow::buildHelpMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Help"));
  add(menu,
      {.name = "commandPaletteAction",
       .text = tr("&Find a command…"),
       .icon = "search",
       .keys = {QKeySequence("Ctrl+Shift+P")},
       .help = tr("Every command by a few letters of its name")},
      [this] {
        auto* palette = new CommandPalette(namedActions(*this), this);
        palette->move(mapToGlobal(QPoint((width() - palette->width()) / 2, 90)));
        palette->show();
      });
  add(menu,
      {.name = "shortcuts",
       .text = tr("&Keyboard shortcuts…"),
       .icon = "configure",
       .keys = {QKeySequence("?")},
       .help = tr("All keys, and how to change them")},
      [this] {
        auto* dialog = new ShortcutDialog(namedActions(*this), m_settings, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->show();
      });
  menu->addSeparator();
  add(menu, {.name = "about", .text = tr("&About Corticast"), .icon = "help-about"}, [this] {
    auto* box = new AboutBox(this);
    box->show();
  });
}

void MainWindow::buildToolBar() {
  auto* bar = new QToolBar(tr("Tool bar"), this);
  bar->setObjectName("toolBar");
  bar->setMovable(false);
  bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  bar->setIconSize(QSize(16, 16));
  for (const char* name :
       {"openStudy", "", "train", "pauseOrResume", "stopRun", "", "exportFigure", "exportSubmission"})
    if (*name)
      bar->addAction(action(name));
    else
      bar->addSeparator();
  auto* stretch = new QWidget(bar);
  stretch->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(stretch);
  bar->addAction(action("commandPaletteAction"));
  addToolBar(bar);
  m_panelsMenu->addAction(bar->toggleViewAction());
}

void MainWindow::updateActions() {
  const bool hasStudy = m_session.state().study() != nullptr;
  for (const char* name : {"frameRoi", "epochBackAction", "epochForthAction", "epochLiveAction", "train",
                           "exportFigure", "exportSubmission", "trainStudy"})
    action(name)->setEnabled(hasStudy);
  action("studyReportAction")->setEnabled(m_reported != nullptr);
  action("stopRun")->setEnabled(m_runControl->canStop());
  QAction* pause = action("pauseOrResume");
  pause->setEnabled(m_runControl->canPauseOrResume());
  const bool wouldPause = m_runControl->wouldPause();
  pause->setText(wouldPause ? tr("&Pause") : tr("&Resume"));
}

void MainWindow::chooseStudy() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a study"));
  if (!folder.isEmpty()) openStudy(folder);
}

void MainWindow::chooseWorkspace() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Choose the workspace"), m_settings.workspace());
  if (folder.isEmpty()) return;
  m_settings.setWorkspace(folder);
  m_session.openWorkspace(folder);
}

void MainWindow::fillRecentMenu() {
  m_recentMenu->clear();
  for (const QString& folder : m_settings.recentStudies())
    m_recentMenu->addAction(QDir::toNativeSeparators(folder), this, [this, folder] { openStudy(folder); });
  if (m_recentMenu->isEmpty()) m_recentMenu->addAction(tr("None yet"))->setEnabled(false);
}

void MainWindow::setTheme(int choice) {
  m_settings.setTheme(static_cast<ThemeChoice>(choice));
  applyTheme(*static_cast<QApplication*>(QApplication::instance()), m_settings.theme());
}

void MainWindow::train() {
  auto* start = findChild<QAbstractButton*>("trainButton");
  if (!start) return;
  if (auto* dock = findChild<QDockWidget*>("trainDock")) {
    dock->show();
    dock->raise();
  }
  // A press that the form refuses says so beside the fields.
  start->click();
}

}  // namespace corticast
