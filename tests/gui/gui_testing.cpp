#include "tests/gui/gui_testing.h"

#include <QCursor>
#include <QDir>

#include "widgets/style/theme.h"

namespace corticast::testing {

bool hasDisplay() {
  return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
}

void preparePlatform() {
  if (!hasDisplay() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
}

void parkPointer() {
  QCursor::setPos(0, 0);
}

void forEachTheme(const std::function<void(const QString& theme)>& action) {
  auto& application = *static_cast<QApplication*>(QApplication::instance());
  applyTheme(application, ThemeChoice::Dark);
  action("dark");
  applyTheme(application, ThemeChoice::Light);
  action("light");
}

void saveScreenshot(QWidget& widget, const QString& panel, const QString& state, const QString& theme) {
  QTest::qWait(120);
  const QString folder = CORTICAST_SCREENSHOTS;
  QDir().mkpath(folder);
  const QString scale = widget.devicePixelRatioF() > 1.5 ? "-200" : "";
  const QString file = QString("%1/%2-%3-%4%5.png").arg(folder, panel, state, theme, scale);
  if (!widget.grab().save(file)) QTest::qFail(qPrintable("cannot write " + file), __FILE__, __LINE__);
}

}  // namespace corticast::testing
