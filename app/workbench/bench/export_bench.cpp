#include <QTemporaryDir>

#include "app/workbench/bench/bench_rows.h"
#include "widgets/figures/figure_painter.h"

namespace corticast {
namespace {

constexpr int kExports = 15;

}  // namespace

/// Four views of a map at 180 mm and 300 dpi, drawn and written as --render does it.
std::vector<BenchRow> benchExport() {
  FigureContent content;
  content.study = fullResolution();
  content.subject = &content.study->subjects.front();
  content.surfaces = loadSurfaces(content.study.get());
  content.barTitle = "Correlation r";
  content.isSigned = true;
  for (const size_t side : {0U, 1U})
    content.values[side] = waves(content.surfaces->of(kHemispheres[side]).positions.at(SurfaceKind::Inflated), 0);
  Figure figure;
  figure.map = MapKind::Correlation;
  figure.hasRoiLegend = false;
  BenchRow png{.name = "figure of four views as PNG", .target = 1500};
  BenchRow pdf{.name = "figure of four views as PDF", .target = 2000};
  const QTemporaryDir folder;
  for (int i = -1; i < kExports; ++i)
    for (BenchRow* row : {&png, &pdf}) {
      const QString file = folder.filePath(row == &png ? "figure.png" : "figure.pdf");
      const double time = timed([&] { writeFigure(file.toStdString(), figure, content); });
      if (i >= 0) row->milliseconds.push_back(time);
    }
  for (BenchRow* row : {&png, &pdf}) row->extra["vertices"] = 2 * content.surfaces->vertexCount();
  return {png, pdf};
}

}  // namespace corticast
