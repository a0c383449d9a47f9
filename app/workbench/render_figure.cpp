#include "app/workbench/render_figure.h"

#include <QGuiApplication>
#include <cstdio>

#include "core/base/error.h"
#include "widgets/figures/figure_painter.h"

namespace corticast {

int renderFigure(int argc, char** argv, const std::string& description, const std::string& out) {
  // Qt needs a platform for its fonts; this one asks for no display.
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QGuiApplication application(argc, argv);
  try {
    const Figure figure = readFigure(description);
    writeFigure(out, figure, readContent(figure));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

}  // namespace corticast
