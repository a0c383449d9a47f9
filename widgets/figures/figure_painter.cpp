#include "widgets/figures/figure_painter.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "widgets/brain/brain_scene.h"
#include "widgets/brain/offscreen_window.h"
#include "widgets/cortex/colour_bar.h"
#include "widgets/cortex/cortex_paint.h"
#include "widgets/style/roi_colours.h"

namespace corticast {
namespace {

constexpr double kUnitsPerInch = 96;
constexpr double kMmPerInch = 25.4;
constexpr int kLargestDrawn = 8192;  // beyond it the brain is not drawn at twice the size
constexpr double kBarWidth = 92;
constexpr double kMargin = 8;
constexpr double kFontUnits = 12;
constexpr double kChip = 9;

struct Looks {
  QColor ground, text, gyrus, sulcus;
};

Looks looksOf(const Figure& figure) {
  if (figure.isDark) return {"#16181b", "#e6e8eb", "#b4b4b4", "#7d7d7d"};
  return {"#ffffff", "#1d2127", "#cdcdcd", "#969696"};
}

QFont fontOf(bool isTitle) {
  QFont font("DejaVu Sans");
  font.setStyleHint(QFont::SansSerif);
  font.setPixelSize(static_cast<int>(isTitle ? kFontUnits + 3 : kFontUnits));
  font.setBold(isTitle);
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

void fillScene(BrainScene& scene, const Figure& figure, const FigureContent& content, double lineScale) {
  const Looks looks = looksOf(figure);
  const bool isFlat = figure.surface == SurfaceKind::Flat;
  const std::set<RoiKey> rois(figure.rois.begin(), figure.rois.end());
  const size_t count = content.surfaces->vertexCount();
  for (const Hemisphere h : kHemispheres) {
    CortexGeometry geometry = content.surfaces->geometry(h, figure.surface);
    if (!isFlat && figure.morph < 1)
      geometry.positions =
          morphed(content.surfaces->of(h).positions.at(SurfaceKind::White), geometry.positions, figure.morph);
    scene.setGeometry(h, geometry);
    scene.setMap(h, content.values[h == Hemisphere::Left ? 0 : 1]);
    const HemisphereData* hemisphere = content.subject->hemisphere(h);
    if (!hemisphere) continue;
    auto outlines = outlineRois(*hemisphere, rois, std::nullopt, geometry.triangles, count);
    for (Outline& outline : outlines) outline.width *= lineScale;
    scene.setOutlines(h, std::move(outlines));
    if (figure.map == MapKind::Labels) scene.setPaint(h, paintRois(*hemisphere, rois, count));
  }
  scene.setFlat(isFlat);
  scene.setColours(content.colours);
  scene.setSceneColours({.background = toRgb(looks.ground),
                         .gyrus = toRgb(looks.gyrus),
                         .sulcus = toRgb(looks.sulcus),
                         .isTransparent = figure.isTransparent});
  scene.setViews(*findViewPreset(figure.views), figure.hemispheres);
}

/// ROIs by name, each once: both hemispheres share its colour.
std::vector<RoiKey> legendEntries(const Figure& figure) {
  std::vector<RoiKey> entries;
  for (const RoiKey& key : figure.rois)
    if (std::ranges::none_of(
            entries, [&](const RoiKey& other) { return other.name == key.name && other.roiClass == key.roiClass; }))
      entries.push_back(key);
  return entries;
}

/// Lays the legend out in rows of `width`; draws it when there is a painter. Returns its height.
double legend(QPainter* painter, const QFontMetricsF& metrics, const QPointF& origin, double width,
              const std::vector<RoiKey>& entries) {
  double x = 0, y = 0;
  const double line = metrics.height() * 1.15;
  for (const RoiKey& key : entries) {
    const QString name = QString::fromStdString(key.name);
    const double needed = kChip + 5 + metrics.horizontalAdvance(name) + 14;
    if (x > 0 && x + needed > width) {
      x = 0;
      y += line;
    }
    if (painter) {
      painter->fillRect(QRectF(origin.x() + x, origin.y() + y + (line - kChip) / 2, kChip, kChip),
                        roiColour(key.roiClass, key.name));
      painter->drawText(QPointF(origin.x() + x + kChip + 5, origin.y() + y + line / 2 + metrics.ascent() / 2 - 1),
                        name);
    }
    x += needed;
  }
  return entries.empty() ? 0 : y + line;
}

void paintViewLabels(QPainter& painter, const QRectF& brain, const Figure& figure) {
  const ViewPreset views = restricted(*findViewPreset(figure.views), figure.hemispheres);
  const QFontMetricsF metrics(painter.font());
  const double width = brain.width() / views.columns, height = brain.height() / views.rows;
  for (const ViewPanel& panel : views.panels) {
    const PanelLabels labels = labelsOf(panel, figure.surface == SurfaceKind::Flat);
    const QString right = QString::fromStdString(labels.right);
    const QPointF corner(brain.left() + width * panel.column, brain.top() + height * panel.row + metrics.ascent());
    painter.drawText(corner + QPointF(2, 0), QString::fromStdString(labels.left));
    painter.drawText(corner + QPointF(width - 2 - metrics.horizontalAdvance(right), 0), right);
  }
}

[[noreturn]] void failWriting(const std::filesystem::path& file, const std::string& why, const std::string& remedy) {
  throw Error({.what = "write a figure", .where = file.string(), .why = why, .remedy = remedy});
}

void writePng(const std::filesystem::path& file, const Figure& figure, const FigureContent& content) {
  QImage image(figure.widthPixels(), figure.heightPixels(), QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  image.setDotsPerMeterX(static_cast<int>(std::lround(figure.dpi / kMmPerInch * 1000)));
  image.setDotsPerMeterY(image.dotsPerMeterX());
  image.setText("Software", "Corticast");
  image.setText("Description", QString::fromStdString(toJson(figure).dump()));
  {
    QPainter painter(&image);
    const double scale = figure.dpi / kUnitsPerInch;
    painter.scale(scale, scale);
    paintFigure(painter, QRectF(0, 0, image.width() / scale, image.height() / scale), figure, content);
  }
  writeFileAtomically(file, [&](const std::filesystem::path& temporary) {
    if (!image.save(QString::fromStdString(temporary.string()), "PNG"))
      failWriting(file, "the picture could not be written", "see whether the disk has room and the folder allows it");
  });
}

/// For devices whose unit is 1/96 inch.
void paintOn(QPaintDevice& device, const std::filesystem::path& file, const Figure& figure,
             const FigureContent& content) {
  QPainter painter;
  if (!painter.begin(&device))
    failWriting(file, "it could not be begun", "see whether the disk has room and the folder allows it");
  paintFigure(painter,
              QRectF(0, 0, figure.widthMm / kMmPerInch * kUnitsPerInch, figure.heightMm / kMmPerInch * kUnitsPerInch),
              figure, content);
  painter.end();
}

void writeSvg(const std::filesystem::path& file, const Figure& figure, const FigureContent& content) {
  const double width = figure.widthMm / kMmPerInch * kUnitsPerInch;
  const double height = figure.heightMm / kMmPerInch * kUnitsPerInch;
  writeFileAtomically(file, [&](const std::filesystem::path& temporary) {
    QSvgGenerator generator;
    generator.setFileName(QString::fromStdString(temporary.string()));
    generator.setResolution(static_cast<int>(kUnitsPerInch));
    generator.setSize(QSize(static_cast<int>(std::lround(width)), static_cast<int>(std::lround(height))));
    generator.setViewBox(QRectF(0, 0, width, height));
    generator.setTitle(QString::fromStdString(figure.title.empty() ? "Corticast" : figure.title));
    paintOn(generator, file, figure, content);
  });
}

void writePdf(const std::filesystem::path& file, const Figure& figure, const FigureContent& content) {
  writeFileAtomically(file, [&](const std::filesystem::path& temporary) {
    QPdfWriter writer(QString::fromStdString(temporary.string()));
    writer.setCreator("Corticast");
    writer.setTitle(QString::fromStdString(figure.title.empty() ? "Corticast" : figure.title));
    writer.setPageSize(
        QPageSize(QSizeF(figure.widthMm, figure.heightMm), QPageSize::Millimeter, "figure", QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    writer.setResolution(static_cast<int>(kUnitsPerInch));
    paintOn(writer, file, figure, content);
  });
}

}  // namespace

QImage drawBrain(const Figure& figure, const FigureContent& content, int width, int height, double unitPixels) {
  const int factor = 2 * std::max(width, height) <= kLargestDrawn ? 2 : 1;
  OffscreenWindow window(width * factor, height * factor);
  RgbaImage drawn;
  {
    BrainScene scene(window.window());
    fillScene(scene, figure, content, unitPixels * factor);
    drawn = window.capture();
  }
  const QImage view(drawn.pixels.data(), drawn.width, drawn.height, drawn.width * 4, QImage::Format_RGBA8888);
  // Colours are weighted by their opacity before they are averaged: no dark rims.
  const QImage whole =
      view.convertToFormat(figure.isTransparent ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
  return factor == 1 ? whole.copy() : whole.scaled(width, height, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

void paintFigure(QPainter& painter, const QRectF& area, const Figure& figure, const FigureContent& content) {
  const Looks looks = looksOf(figure);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing | QPainter::SmoothPixmapTransform |
                         QPainter::LosslessImageRendering);
  if (!figure.isTransparent) painter.fillRect(area, looks.ground);
  painter.setPen(looks.text);
  QRectF rest = area.adjusted(kMargin, kMargin, -kMargin, -kMargin);
  if (!figure.title.empty()) {
    painter.setFont(fontOf(true));
    const QFontMetricsF metrics(painter.font());
    painter.drawText(QPointF(rest.left(), rest.top() + metrics.ascent()), QString::fromStdString(figure.title));
    rest.setTop(rest.top() + metrics.height() + 4);
  }
  painter.setFont(fontOf(false));
  if (figure.hasRoiLegend && !figure.rois.empty()) {
    const QFontMetricsF metrics(painter.font());
    const auto entries = legendEntries(figure);
    const double needed = legend(nullptr, metrics, {}, rest.width(), entries);
    legend(&painter, metrics, QPointF(rest.left(), rest.bottom() - needed), rest.width(), entries);
    rest.setBottom(rest.bottom() - needed - 4);
  }
  QRectF brain = rest;
  if (figure.hasColourBar && content.hasMap()) {
    brain.setRight(rest.right() - kBarWidth);
    const QRectF bar(brain.right() + 8, rest.top(), kBarWidth - 8, rest.height());
    paintColourBar(painter, bar, {.colours = content.colours, .title = QString::fromStdString(content.barTitle)},
                   looks.text, looks.gyrus);
  }
  const double unitPixels = figure.dpi / kUnitsPerInch;
  const int width = std::max(16, static_cast<int>(std::lround(brain.width() * unitPixels)));
  const int height = std::max(16, static_cast<int>(std::lround(brain.height() * unitPixels)));
  painter.drawImage(brain, drawBrain(figure, content, width, height, unitPixels));
  if (figure.hasViewLabels) paintViewLabels(painter, brain, figure);
}

void writeFigure(const std::filesystem::path& file, const Figure& figure, const FigureContent& content) {
  const std::string ending = file.extension().string();
  if (ending == ".png")
    writePng(file, figure, content);
  else if (ending == ".svg")
    writeSvg(file, figure, content);
  else if (ending == ".pdf")
    writePdf(file, figure, content);
  else
    failWriting(file, "the ending \"" + ending + "\" is no picture format", "let the name end in .png, .svg or .pdf");
}

}  // namespace corticast
