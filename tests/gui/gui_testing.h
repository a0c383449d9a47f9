#pragma once
#include <QApplication>
#include <QString>
#include <QTest>
#include <QWidget>
#include <functional>

namespace corticast::testing {

/// Whether there is a screen of a usual size; a test that needs one is else to QSKIP with this reason.
[[nodiscard]] bool hasDisplay();
inline constexpr const char* kNoDisplay =
    "no display: Qt's offscreen platform has a screen of 800 x 800; run under xvfb-run";

/// Chooses Qt's offscreen platform where there is no display. Call before QApplication is made.
void preparePlatform();

/// Takes the mouse pointer to a corner: windows appear in the middle of the screen, and what lies under the pointer
/// there would depend on where it was left.
void parkPointer();

/// Does it once in the light and once in the dark theme, named "light" and "dark".
void forEachTheme(const std::function<void(const QString& theme)>& action);

/// Saves the widget, once all that is pending is drawn, as <build>/screenshots/<panel>-<state>-<theme>.png.
void saveScreenshot(QWidget& widget, const QString& panel, const QString& state, const QString& theme);

/// The child of that name and type; fails the test when there is none.
template <typename T>
T* child(const QWidget& parent, const QString& name) {
  T* found = parent.findChild<T*>(name);
  if (!found) QTest::qFail(qPrintable("no child named " + name), __FILE__, __LINE__);
  return found;
}

}  // namespace corticast::testing

/// main() of a test program of windows.
#define CORTICAST_GUI_TEST(TestClass)       \
  int main(int argc, char** argv) {         \
    corticast::testing::preparePlatform();  \
    QApplication application(argc, argv);   \
    corticast::testing::parkPointer();      \
    TestClass test;                         \
    return QTest::qExec(&test, argc, argv); \
  }
