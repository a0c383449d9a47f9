#include <CLI/CLI.hpp>
#include <QApplication>
#include <QOpenGLContext>
#include <cstdio>
#include <memory>
#include <string>

#include "app/workbench/main_window.h"
#include "app/workbench/session.h"
#include "app/workbench/settings.h"
#include "widgets/cortex/brain_view.h"

namespace {

struct Options {
  std::string workspace;
  std::string dataset;
};

constexpr int kWrongUsage = 2;

int openWorkbench(int argc, char** argv, const Options& options) {
  using namespace corticast;
  BrainView::prepareApplication();
  QApplication application(argc, argv);
  QApplication::setApplicationName("Corticast");
  QApplication::setApplicationVersion(CORTICAST_VERSION);
  if (QOpenGLContext probe; !probe.create()) {
    std::fprintf(stderr,
                 "error: open the window: OpenGL: no OpenGL context can be made on this display; use a display with "
                 "OpenGL 3.2 (Xvfb with Mesa will do), or draw figures with --render\n");
    return 1;
  }
  Settings settings;
  applyTheme(application, settings.theme());
  Session session;
  MainWindow window(session, settings);
  window.show();
  session.openWorkspace(options.workspace.empty() ? settings.workspace() : QString::fromStdString(options.workspace));
  if (!options.dataset.empty()) session.openStudy(QString::fromStdString(options.dataset));
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App parser("Corticast, the workbench", "corticast");
  parser.add_option("--workspace", options.workspace, "Workspace folder");
  parser.add_option("--dataset", options.dataset, "Study to open");
  try {
    parser.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return parser.exit(wrong) == 0 ? 0 : kWrongUsage;
  }
  return openWorkbench(argc, argv, options);
}
