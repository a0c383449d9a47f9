#include "tests/gui/window_testing.h"

#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFile>
#include <QMimeData>

#include "core/demo/demo_study.h"
#include "widgets/style/theme.h"

namespace corticast::testing {
namespace {

constexpr int kPatienceMilliseconds = 20000;

}  // namespace

QString demoStudy() {
  static const QString kFolder = [] {
    const QString folder = CORTICAST_TEST_DEMO;
    ProgressReporter silent;
    makeDemoStudy(folder.toStdString(), {.images = 160, .testImages = 20}, silent);
    return folder;
  }();
  return kFolder;
}

void useAsHome(const QString& folder) {
  qputenv("XDG_DATA_HOME", QFile::encodeName(folder));
  qputenv("XDG_CONFIG_HOME", QFile::encodeName(folder));
  QDir().mkpath(folder + "/corticast");
  QFile::link(demoStudy(), folder + "/corticast/demo");
}

RealWindow::RealWindow()
    : settings(qEnvironmentVariable("XDG_CONFIG_HOME") + "/settings.ini"), window(session, settings) {
  applyTheme(*static_cast<QApplication*>(QApplication::instance()), ThemeChoice::Light);
  window.resize(1280, 800);
  window.show();
  session.openWorkspace(settings.workspace());
  (void)QTest::qWaitForWindowExposed(&window);
}

void RealWindow::click(const char* button) {
  QTest::mouseClick(child<QAbstractButton>(window, button), Qt::LeftButton);
}

void RealWindow::drop(const QString& folder) {
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(folder)});
  QDragEnterEvent enter(QPoint(600, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&window, &enter);
  QVERIFY2(enter.isAccepted(), qPrintable(folder));
  QDropEvent event(QPointF(600, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&window, &event);
}

bool RealWindow::open(const QString& study) {
  session.openStudy(study);
  return QTest::qWaitFor([&] { return state().study() != nullptr && cortex().surfaces() != nullptr; },
                         kPatienceMilliseconds) &&
         waitForFrame();
}

bool RealWindow::waitForFrame() {
  const int before = cortex().view().frameCount();
  cortex().view().requestRender();
  return QTest::qWaitFor([&] { return cortex().view().frameCount() > before; }, kPatienceMilliseconds);
}

void RealWindow::raise(const char* dock) {
  child<QDockWidget>(window, dock)->raise();
  QTest::qWait(50);
}

void RealWindow::save(const QString& name, const QString& theme) {
  (void)waitForFrame();
  saveScreenshot(window, "window", name, theme);
}

}  // namespace corticast::testing
