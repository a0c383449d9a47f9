#include <CLI/CLI.hpp>
#include <QApplication>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "app/workbench/bench/bench.h"
#include "app/workbench/main_window.h"
#include "app/workbench/render_figure.h"
#include "app/workbench/session.h"
#include "app/workbench/settings.h"
#include "core/base/error.h"
#include "widgets/cortex/display_context.h"

namespace {

using namespace corticast;

struct Options {
  std::string workspace;
  std::string dataset;
  std::string render;
  std::string out;
  std::string bench;
  bool asJson = false;
  bool endsAtFirstPicture = false;
};

constexpr int kWrongUsage = 2;

/// While it is being found out whether there is a display with OpenGL, Qt's own words are held back; where it would
/// abort for want of a display, a person is told in one sentence instead.
void endWithoutDisplay(QtMsgType type, const QMessageLogContext&, const QString&) {
  if (type != QtFatalMsg) return;
  const QByteArray display = qEnvironmentVariableIsEmpty("DISPLAY") ? "none is named" : qgetenv("DISPLAY");
  std::fprintf(stderr,
               "error: open the window: display (%s): it cannot be reached; start Corticast in a desktop session or "
               "under xvfb-run, or draw figures with --render\n",
               display.constData());
  std::_Exit(1);
}

/// A machine without OpenGL 3.2 is said in one sentence instead of a crash in the middle of drawing.
bool hasOpenGl() {
  try {
    (void)makeDisplayContext();
    return true;
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return false;
  }
}

int openWorkbench(QApplication& application, const Options& options) {
  Settings settings;
  applyTheme(application, settings.theme());
  Session session;
  MainWindow window(session, settings);
  window.show();
  if (options.endsAtFirstPicture) endAtFirstPicture(window, options.dataset);
  session.openWorkspace(options.workspace.empty() ? settings.workspace() : QString::fromStdString(options.workspace));
  if (!options.dataset.empty()) session.openStudy(QString::fromStdString(options.dataset));
  return QApplication::exec();
}

int openDisplay(int argc, char** argv, const Options& options) {
  qInstallMessageHandler(endWithoutDisplay);
  QApplication application(argc, argv);
  QApplication::setApplicationName("Corticast");
  QApplication::setApplicationVersion(CORTICAST_VERSION);
  QApplication::setDesktopFileName("corticast");
  QApplication::setWindowIcon(themeIcon("corticast", QApplication::palette()));
  if (!hasOpenGl()) return 1;
  qInstallMessageHandler(nullptr);
  if (!options.bench.empty()) return bench({options.bench, options.dataset, options.asJson});
  return openWorkbench(application, options);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App parser("Corticast, the workbench", "corticast");
  parser.set_version_flag("--version", CORTICAST_VERSION);
  parser.add_option("--workspace", options.workspace, "Workspace folder");
  parser.add_option("--dataset", options.dataset, "Study to open");
  auto* render =
      parser.add_option("--render", options.render, "Description (JSON) of a figure to draw, without a window");
  auto* out = parser.add_option("--out", options.out, "Picture to write: .png, .svg or .pdf");
  render->needs(out);
  out->needs(render);
  auto* bench =
      parser
          .add_option("--bench", options.bench,
                      "Measure: frames, recolour, threshold, pick, startup, export, live or pictures")
          ->check(CLI::IsMember({"frames", "recolour", "threshold", "pick", "startup", "export", "live", "pictures"}));
  parser.add_flag("--json", options.asJson, "Print one JSON document")->needs(bench);
  parser.add_flag("--end-at-first-picture", options.endsAtFirstPicture)->group("");
  try {
    parser.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return parser.exit(wrong) == 0 ? 0 : kWrongUsage;
  }
  if (!options.render.empty()) return corticast::renderFigure(argc, argv, options.render, options.out);
  return openDisplay(argc, argv, options);
}
