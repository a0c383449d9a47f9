#pragma once
#include <QMainWindow>

class QLabel;
class QStackedWidget;

namespace corticast {

class BottomDocks;
class CortexPanel;
class Session;
class Settings;
class WelcomePage;

/// Composes the panels: docks around the cortex, menus, shortcuts. What actions do is done by Session.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(Session& session, Settings& settings, QWidget* parent = nullptr);
  ~MainWindow() override;

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QDockWidget* addDock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area);
  QAction* addAction(QMenu* menu, const QString& name, const QString& text, const QKeySequence& shortcut,
                     const std::function<void()>& action);
  void buildDocks();
  void buildFileMenu();
  void buildViewMenu();
  void connectSession();
  void chooseStudy();
  void openStudy(const QString& folder);
  void fillRecentMenu();
  void setTheme(int choice);
  void showFailure(const QString& what, const QString& reason);

  Session& m_session;
  Settings& m_settings;
  QStackedWidget* m_centre;
  WelcomePage* m_welcome;
  CortexPanel* m_cortex;
  BottomDocks* m_bottom = nullptr;
  QMenu* m_recentMenu = nullptr;
  QMenu* m_panelsMenu = nullptr;
};

}  // namespace corticast
