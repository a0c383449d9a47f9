#pragma once
#include <QAbstractButton>
#include <QAction>
#include <QTest>

#include "app/workbench/main_window.h"
#include "app/workbench/session.h"
#include "app/workbench/settings.h"
#include "tests/gui/gui_testing.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/cortex_panel.h"

/// For tests of the real main window, with real workers (corticast-cli beside the test program).
namespace corticast::testing {

/// A demo study of 160 pictures, made in the build folder where it is missing.
[[nodiscard]] QString demoStudy();

/// Makes `folder` the place of settings, workspace and demo study (which is demoStudy()), as if a user's home.
void useAsHome(const QString& folder);

/// The main window as main() makes it, at 1280 x 800, on the home of useAsHome().
class RealWindow {
 public:
  RealWindow();

  Settings settings;
  Session session;
  MainWindow window;

  [[nodiscard]] WorkbenchState& state() { return session.state(); }
  [[nodiscard]] CortexPanel& cortex() { return *child<CortexPanel>(window, "cortexPanel"); }
  void trigger(const char* action) { child<QAction>(window, action)->trigger(); }
  /// By mouse, in the button's middle.
  void click(const char* button);
  /// Lets a folder be dragged over the window and dropped.
  void drop(const QString& folder);
  /// Opens a study and waits until its cortex is drawn; false when that takes longer than 20 s.
  [[nodiscard]] bool open(const QString& study);
  /// Waits for the next picture of the cortex.
  [[nodiscard]] bool waitForFrame();
  /// Brings a dock's tab to the front.
  void raise(const char* dock);
  /// Saves the window's picture as window-<state>-<theme>.
  void save(const QString& name, const QString& theme = "light");
};

}  // namespace corticast::testing
