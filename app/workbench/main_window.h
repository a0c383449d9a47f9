#pragma once
#include <QMainWindow>
#include <QUndoStack>
#include <memory>

#include "app/workbench/actions/full_screen.h"
#include "app/workbench/actions/named_action.h"
#include "core/data/study.h"

class QStackedWidget;

namespace corticast {

class BottomDocks;
class CortexPanel;
class DemoMaker;
class MessageBar;
class PictureDocks;
class RunCommands;
class RunControl;
class Session;
class Settings;
class WelcomePage;

/// Composes the panels: docks around the cortex, menus, tool bar, shortcuts. What actions do is done by Session and the
/// classes in actions/. Every command is a QAction of the window with a name.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(Session& session, Settings& settings, QWidget* parent = nullptr);
  ~MainWindow() override;

  void openStudy(const QString& folder);
  /// Makes the demo study where it is missing, and opens it.
  void openDemo();

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* buildCentre();
  QDockWidget* addDock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area);
  void buildDocks();
  void connectSession();
  void connectDemo();
  void onStudyOpened(const QString& folder, double seconds);
  void onStudyRefused(const std::shared_ptr<const Study>& study);
  void restoreLayout();

  // main_window_menus.cpp
  QAction* add(QMenu* menu, const ActionText& text, const std::function<void()>& action);
  void buildMenus();
  void buildFileMenu();
  void buildEditMenu();
  void buildViewMenu();
  void buildThemeMenu(QMenu* parent);
  void buildStudyMenu();
  void buildTrainMenu();
  void buildHelpMenu();
  void buildToolBar();
  void updateActions();

  void chooseStudy();
  void chooseWorkspace();
  void fillRecentMenu();
  void setTheme(int choice);
  void showReport();
  void train();
  [[nodiscard]] QAction* action(const QString& name) const;

  Session& m_session;
  Settings& m_settings;
  QUndoStack m_undo;
  FullScreen m_fullScreen;
  QStackedWidget* m_centre;
  MessageBar* m_messages;
  WelcomePage* m_welcome;
  CortexPanel* m_cortex;
  BottomDocks* m_bottom = nullptr;
  PictureDocks* m_pictures = nullptr;
  DemoMaker* m_demo;
  RunCommands* m_runCommands;
  RunControl* m_runControl;
  QMenu* m_recentMenu = nullptr;
  QMenu* m_panelsMenu = nullptr;
  std::shared_ptr<const Study> m_reported;  ///< the study whose report can be shown
  bool m_isCloseDecided = false;
};

}  // namespace corticast
