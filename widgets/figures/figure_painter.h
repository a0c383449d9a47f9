#pragma once
#include <filesystem>

#include "widgets/figures/figure_content.h"

class QImage;
class QPainter;
class QRectF;

/// Draws figures without a display: the brain by BrainScene in an OffscreenWindow, all text and the colour bar by
/// QPainter, as vectors in SVG and PDF. Needs a QGuiApplication (platform "offscreen" will do) for fonts.
namespace corticast {

/// The brain alone, of so many pixels; drawn at twice the size and averaged, for smooth edges.
/// `unitPixels` is how many pixels a line of width 1 (1/96 inch) has.
[[nodiscard]] QImage drawBrain(const Figure& figure, const FigureContent& content, int width, int height,
                               double unitPixels);

/// The whole figure into `area`, in units of 1/96 inch.
void paintFigure(QPainter& painter, const QRectF& area, const Figure& figure, const FigureContent& content);

/// Writes .png, .svg or .pdf, in one step. Throws Error for another ending, or when it cannot be written.
void writeFigure(const std::filesystem::path& file, const Figure& figure, const FigureContent& content);

}  // namespace corticast
