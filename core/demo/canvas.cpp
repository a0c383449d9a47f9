#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/demo/internal/canvas.h"

namespace corticast::demo {

namespace {

void setColour(cairo_t* context, Colour c, double opacity) {
  cairo_set_source_rgba(context, c.red, c.green, c.blue, opacity);
}

}  // namespace

Colour mix(Colour a, Colour b, double share) {
  return {.red = a.red + share * (b.red - a.red),
          .green = a.green + share * (b.green - a.green),
          .blue = a.blue + share * (b.blue - a.blue)};
}

Colour scaled(Colour colour, double factor) {
  const auto scale = [factor](double value) { return std::clamp(value * factor, 0.0, 1.0); };
  return {.red = scale(colour.red), .green = scale(colour.green), .blue = scale(colour.blue)};
}

Colour fromHsv(double hue, double saturation, double value) {
  const auto channel = [=](double shift) {
    const double k = std::fmod(shift + hue * 6, 6.0);
    return value * (1 - saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0));
  };
  return {.red = channel(5), .green = channel(3), .blue = channel(1)};
}

Colour anyColour(Philox& random) {
  const double hue = random.uniform();
  const double saturation = random.uniform(0.45, 0.85);
  return fromHsv(hue, saturation, random.uniform(0.5, 0.92));
}

Canvas::Canvas(int side)
    : m_side(side),
      m_surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, side, side)),
      m_context(cairo_create(m_surface.get())) {
  if (cairo_status(m_context.get()) != CAIRO_STATUS_SUCCESS)
    throw Error({.what = "draw a demo picture",
                 .where = "a canvas of " + std::to_string(side) + " pixels",
                 .why = cairo_status_to_string(cairo_status(m_context.get())),
                 .remedy = "free some memory and try again"});
  cairo_scale(context(), side, side);
  cairo_set_line_cap(context(), CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(context(), CAIRO_LINE_JOIN_ROUND);
}

uint32_t* Canvas::pixelRow(int y) {
  unsigned char* data = cairo_image_surface_get_data(m_surface.get());
  const int stride = cairo_image_surface_get_stride(m_surface.get());
  return reinterpret_cast<uint32_t*>(data + static_cast<ptrdiff_t>(y) * stride);
}

Image Canvas::image() {
  flush();
  Image image{.width = m_side, .height = m_side, .rgb = {}};
  image.rgb.resize(static_cast<size_t>(m_side) * m_side * 3);
  uint8_t* out = image.rgb.data();
  for (int y = 0; y < m_side; ++y) {
    const uint32_t* row = pixelRow(y);
    for (int x = 0; x < m_side; ++x) {
      *out++ = static_cast<uint8_t>(row[x] >> 16U);
      *out++ = static_cast<uint8_t>(row[x] >> 8U);
      *out++ = static_cast<uint8_t>(row[x]);
    }
  }
  return image;
}

void Canvas::enter(double x, double y, double size, double turn) {
  cairo_save(context());
  cairo_translate(context(), x, y);
  cairo_rotate(context(), turn);
  cairo_scale(context(), size, size);
  cairo_translate(context(), -0.5, -0.5);
}

void Canvas::fill(Colour colour, double opacity) {
  setColour(context(), colour, opacity);
  cairo_fill(context());
}

void Canvas::fillGradient(Colour top, Colour bottom, double x0, double y0, double x1, double y1) {
  cairo_pattern_t* pattern = cairo_pattern_create_linear(x0, y0, x1, y1);
  cairo_pattern_add_color_stop_rgb(pattern, 0, top.red, top.green, top.blue);
  cairo_pattern_add_color_stop_rgb(pattern, 1, bottom.red, bottom.green, bottom.blue);
  cairo_set_source(context(), pattern);
  cairo_fill(context());
  cairo_pattern_destroy(pattern);
}

void Canvas::fillRound(Colour colour, double x, double y, double radius) {
  const Colour light = mix(colour, {1, 1, 1}, 0.45);
  const Colour dark = scaled(colour, 0.55);
  cairo_pattern_t* pattern =
      cairo_pattern_create_radial(x - 0.35 * radius, y - 0.4 * radius, 0.05 * radius, x, y, 1.15 * radius);
  cairo_pattern_add_color_stop_rgb(pattern, 0, light.red, light.green, light.blue);
  cairo_pattern_add_color_stop_rgb(pattern, 0.5, colour.red, colour.green, colour.blue);
  cairo_pattern_add_color_stop_rgb(pattern, 1, dark.red, dark.green, dark.blue);
  cairo_set_source(context(), pattern);
  cairo_fill(context());
  cairo_pattern_destroy(pattern);
}

void Canvas::stroke(Colour colour, double width) {
  setColour(context(), colour, 1);
  cairo_set_line_width(context(), width);
  cairo_stroke(context());
}

void Canvas::rectangle(double x, double y, double width, double height) {
  cairo_rectangle(context(), x, y, width, height);
}

void Canvas::roundedRectangle(double x, double y, double width, double height, double radius) {
  constexpr double quarter = std::numbers::pi / 2;
  cairo_new_sub_path(context());
  cairo_arc(context(), x + width - radius, y + radius, radius, -quarter, 0);
  cairo_arc(context(), x + width - radius, y + height - radius, radius, 0, quarter);
  cairo_arc(context(), x + radius, y + height - radius, radius, quarter, 2 * quarter);
  cairo_arc(context(), x + radius, y + radius, radius, 2 * quarter, 3 * quarter);
  cairo_close_path(context());
}

void Canvas::ellipse(double x, double y, double radiusX, double radiusY) {
  cairo_save(context());
  cairo_translate(context(), x, y);
  cairo_scale(context(), radiusX, radiusY);
  cairo_new_sub_path(context());
  cairo_arc(context(), 0, 0, 1, 0, 2 * std::numbers::pi);
  cairo_close_path(context());
  cairo_restore(context());
}

void Canvas::polygon(const std::vector<Point>& points) {
  line(points);
  cairo_close_path(context());
}

void Canvas::line(const std::vector<Point>& points) {
  cairo_new_sub_path(context());
  for (const auto& [x, y] : points) cairo_line_to(context(), x, y);
}

void Canvas::curve(Point start, Point handle1, Point handle2, Point end) {
  cairo_new_sub_path(context());
  cairo_move_to(context(), start.first, start.second);
  cairo_curve_to(context(), handle1.first, handle1.second, handle2.first, handle2.second, end.first, end.second);
}

}  // namespace corticast::demo
