#pragma once
#include <cairo.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/formats/image.h"

namespace corticast::demo {

/// Red, green and blue, 0..1.
struct Colour {
  double red = 0;
  double green = 0;
  double blue = 0;
};

[[nodiscard]] Colour mix(Colour a, Colour b, double share);
/// Lighter (above 1) or darker (below 1).
[[nodiscard]] Colour scaled(Colour colour, double factor);
/// Hue, saturation and value, each 0..1.
[[nodiscard]] Colour fromHsv(double hue, double saturation, double value);
/// A lively colour.
[[nodiscard]] Colour anyColour(Philox& random);

using Point = std::pair<double, double>;

/// A square drawing in memory, by cairo, with what the pictures need: coordinates run from 0 to 1 over the current
/// frame.
class Canvas {
 public:
  explicit Canvas(int side);

  [[nodiscard]] int side() const { return m_side; }
  /// Pixel (x, y) as 0x00RRGGBB; call flush() before reading and changed() after writing.
  [[nodiscard]] uint32_t* pixelRow(int y);
  void flush() { cairo_surface_flush(m_surface.get()); }
  void changed() { cairo_surface_mark_dirty(m_surface.get()); }
  [[nodiscard]] Image image();

  /// Everything until leave() is drawn in the square of this size around (x, y), where 0..1 is its inside.
  void enter(double x, double y, double size, double turn = 0);
  void leave() { cairo_restore(context()); }

  void fill(Colour colour, double opacity = 1);
  /// Fills the path with a gradient from `top` at (x0, y0) to `bottom` at (x1, y1).
  void fillGradient(Colour top, Colour bottom, double x0, double y0, double x1, double y1);
  /// Fills the path as a ball lit from the upper left: `radius` around (x, y).
  void fillRound(Colour colour, double x, double y, double radius);
  /// Draws the path as a line with round ends.
  void stroke(Colour colour, double width);

  void rectangle(double x, double y, double width, double height);
  void roundedRectangle(double x, double y, double width, double height, double radius);
  void ellipse(double x, double y, double radiusX, double radiusY);
  void polygon(const std::vector<Point>& points);
  void line(const std::vector<Point>& points);
  /// A smooth line through cairo's own cubic: start, two handles, end.
  void curve(Point start, Point handle1, Point handle2, Point end);

  [[nodiscard]] cairo_t* context() { return m_context.get(); }

 private:
  struct Destroy {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
  };
  int m_side;
  std::unique_ptr<cairo_surface_t, Destroy> m_surface;
  std::unique_ptr<cairo_t, Destroy> m_context;
};

}  // namespace corticast::demo
