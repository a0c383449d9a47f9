#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/demo/internal/drawings.h"

namespace corticast::demo {

namespace {

constexpr double kPi = std::numbers::pi;

uint32_t packed(Colour c) {
  const auto byte = [](double value) { return static_cast<uint32_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255)); };
  return byte(c.red) << 16U | byte(c.green) << 8U | byte(c.blue);
}

/// Smooth noise on a lattice of random values that repeats every 64 cells, about -1..1.
class Noise {
 public:
  explicit Noise(Philox& random) {
    for (float& value : m_values) value = static_cast<float>(random.uniform(-1, 1));
  }
  [[nodiscard]] double at(double x, double y) const {
    const double floorX = std::floor(x);
    const double floorY = std::floor(y);
    const auto column = static_cast<unsigned>(static_cast<int>(floorX));
    const auto row = static_cast<unsigned>(static_cast<int>(floorY));
    const double u = ease(x - floorX);
    const double v = ease(y - floorY);
    const double top = (1 - u) * value(column, row) + u * value(column + 1, row);
    const double bottom = (1 - u) * value(column, row + 1) + u * value(column + 1, row + 1);
    return (1 - v) * top + v * bottom;
  }
  [[nodiscard]] double octaves(double x, double y, int count) const {
    double sum = 0;
    double weight = 1;
    for (int i = 0; i < count; ++i, weight *= 0.5, x = 2 * x + 7.3, y = 2 * y + 3.1) sum += weight * at(x, y);
    return sum;
  }

 private:
  static double ease(double t) { return t * t * (3 - 2 * t); }
  [[nodiscard]] double value(unsigned column, unsigned row) const { return m_values[(row % 64) * 64 + column % 64]; }
  std::array<float, 64 * 64> m_values{};
};

/// Paints the whole canvas: `shade(x, y)` says for 0..1 coordinates where between the two colours a pixel lies.
template <typename Shade>
void paint(Canvas& canvas, Colour low, Colour high, const Shade& shade) {
  std::array<uint32_t, 256> palette{};
  for (size_t i = 0; i < palette.size(); ++i) palette[i] = packed(mix(low, high, static_cast<double>(i) / 255));
  canvas.flush();
  const double step = 1.0 / canvas.side();
  for (int y = 0; y < canvas.side(); ++y) {
    uint32_t* row = canvas.pixelRow(y);
    for (int x = 0; x < canvas.side(); ++x) {
      const double value = std::clamp(shade((x + 0.5) * step, (y + 0.5) * step), 0.0, 1.0);
      row[x] = palette[static_cast<size_t>(value * 255)];
    }
  }
  canvas.changed();
}

void drawBricks(Canvas& canvas, Philox& random, Colour colour) {
  const auto rows = static_cast<int>(6 + random.below(8));
  const double height = 1.0 / rows;
  canvas.rectangle(0, 0, 1, 1);
  canvas.fill(mix(colour, {0.8, 0.8, 0.78}, 0.7));
  for (int row = 0; row < rows; ++row)
    for (double x = row % 2 ? -1.1 * height : 0; x < 1; x += 2.2 * height) {
      canvas.roundedRectangle(x + 0.06 * height, (row + 0.06) * height, 2.06 * height, 0.88 * height, 0.1 * height);
      canvas.fill(scaled(colour, random.uniform(0.7, 1.15)));
    }
}

void drawPebbles(Canvas& canvas, Philox& random, Colour colour) {
  canvas.rectangle(0, 0, 1, 1);
  canvas.fill(scaled(colour, 0.25));
  const double radius = random.uniform(0.03, 0.07);
  for (double y = 0; y < 1 + radius; y += 1.55 * radius)
    for (double x = 0; x < 1 + radius; x += 1.75 * radius) {
      const double centreX = x + random.uniform(-0.35, 0.35) * radius;
      const double centreY = y + random.uniform(-0.35, 0.35) * radius;
      const double size = radius * random.uniform(0.75, 1.05);
      canvas.ellipse(centreX, centreY, size, size * random.uniform(0.7, 1));
      canvas.fillRound(scaled(mix(colour, {0.6, 0.6, 0.6}, random.uniform(0, 0.8)), random.uniform(0.7, 1.3)), centreX,
                       centreY, size);
    }
}

void drawLeaves(Canvas& canvas, Philox& random, Colour colour) {
  canvas.rectangle(0, 0, 1, 1);
  canvas.fill(scaled(colour, 0.3));
  const double size = random.uniform(0.07, 0.16);
  const auto count = static_cast<int>(5 / (size * size));
  for (int i = 0; i < count; ++i) {
    const double x = random.uniform();
    canvas.enter(x, random.uniform(), size, random.uniform(0, 2 * kPi));
    canvas.curve({0.05, 0.5}, {0.3, 0.1}, {0.7, 0.15}, {0.95, 0.5});
    cairo_curve_to(canvas.context(), 0.7, 0.85, 0.3, 0.9, 0.05, 0.5);
    canvas.fill(scaled(colour, random.uniform(0.5, 1.3)));
    canvas.line({{0.08, 0.5}, {0.9, 0.5}});
    canvas.stroke(scaled(colour, 0.45), 0.03);
    canvas.leave();
  }
}

void drawDots(Canvas& canvas, Philox& random, Colour colour) {
  canvas.rectangle(0, 0, 1, 1);
  canvas.fill(colour);
  const Colour other = anyColour(random);
  const auto perSide = static_cast<int>(4 + random.below(9));
  const double radius = random.uniform(0.22, 0.4) / perSide;
  for (int row = 0; row <= perSide; ++row)
    for (int column = 0; column <= perSide; ++column) {
      canvas.ellipse((column + (row % 2) * 0.5) / perSide, (row + 0.5) / perSide, radius, radius);
      canvas.fill(mix(other, {1, 1, 1}, 0.3));
    }
}

void drawWeave(Canvas& canvas, Philox& random, Colour colour) {
  const Colour other = mix(anyColour(random), {1, 1, 1}, 0.2);
  const auto perSide = static_cast<int>(8 + random.below(10));
  const double cell = 1.0 / perSide;
  for (int row = 0; row < perSide; ++row)
    for (int column = 0; column < perSide; ++column) {
      const bool isOver = (row + column) % 2 == 0;
      const Colour base = isOver ? colour : other;
      const double x = column * cell;
      const double y = row * cell;
      canvas.rectangle(x, y, cell, cell);
      canvas.fillGradient(mix(base, {1, 1, 1}, 0.25), scaled(base, 0.45), x, y, isOver ? x : x + cell,
                          isOver ? y + cell : y);
    }
}

/// Value of a grating pattern, -1..1: stripes, a plaid, rings or spokes.
double gratingValue(uint64_t kind, double x, double y, double cycles, double angle, double phase) {
  const double along = x * std::cos(angle) + y * std::sin(angle);
  const double across = -x * std::sin(angle) + y * std::cos(angle);
  const double wave = 2 * kPi * cycles;
  if (kind == 0) return 0.5 * (std::sin(wave * along + phase) + std::sin(wave * across + phase));
  if (kind == 1) return std::sin(wave * std::hypot(x, y) + phase);
  if (kind == 2) return std::sin(std::round(cycles) * std::atan2(y, x) + phase);
  return std::sin(wave * along + phase);
}

}  // namespace

void drawGround(Canvas& canvas, uint64_t style) {
  Philox random(style, streamOf("ground"));
  const double hue = random.uniform();
  const Colour upper = fromHsv(hue, random.uniform(0.05, 0.35), random.uniform(0.55, 0.95));
  const Colour lower =
      fromHsv(std::fmod(hue + random.uniform(0, 0.5), 1.0), random.uniform(0.1, 0.4), random.uniform(0.3, 0.7));
  const uint64_t kind = random.below(3);
  canvas.rectangle(0, 0, 1, 1);
  canvas.fillGradient(upper, kind == 0 ? lower : scaled(upper, 0.85), 0, 0, kind == 0 ? 0.4 : 0, 1);
  if (kind == 0) return;
  const double horizon = random.uniform(0.6, 0.8);
  if (kind == 1) {  // a room's wall and floor
    canvas.rectangle(0, horizon, 1, 1 - horizon);
    canvas.fillGradient(scaled(lower, 0.8), lower, 0, horizon, 0, 1);
    canvas.rectangle(0, horizon - 0.02, 1, 0.02);
    canvas.fill(mix(upper, {1, 1, 1}, 0.5));
    return;
  }
  const Colour meadow = fromHsv(random.uniform(0.22, 0.36), random.uniform(0.35, 0.6), random.uniform(0.4, 0.65));
  canvas.line({{0, 1}, {0, horizon}});
  cairo_curve_to(canvas.context(), 0.3, horizon - random.uniform(0, 0.12), 0.7, horizon + 0.08, 1, horizon);
  cairo_line_to(canvas.context(), 1, 1);
  canvas.fillGradient(meadow, scaled(meadow, 0.65), 0, horizon, 0, 1);
}

void drawTexture(Canvas& canvas, uint64_t style) {
  Philox random(style, streamOf("texture"));
  const Colour colour = anyColour(random);
  const uint64_t kind = random.below(8);
  if (kind == 0) return drawBricks(canvas, random, mix(colour, {0.65, 0.3, 0.2}, 0.6));
  if (kind == 1) return drawPebbles(canvas, random, colour);
  if (kind == 2) return drawLeaves(canvas, random, mix(colour, {0.3, 0.6, 0.2}, 0.6));
  if (kind == 3) return drawDots(canvas, random, colour);
  if (kind == 4) return drawWeave(canvas, random, colour);
  const Noise noise(random);
  const double zoom = random.uniform(3, 9);
  const Colour dark = scaled(colour, 0.3);
  const Colour light = mix(colour, {1, 1, 1}, 0.55);
  if (kind == 5)  // clouds
    return paint(canvas, dark, light,
                 [&](double x, double y) { return 0.5 + 0.55 * noise.octaves(zoom * x, zoom * y, 4); });
  if (kind == 6)  // wood
    return paint(canvas, {0.32, 0.17, 0.08}, {0.8, 0.58, 0.34}, [&](double x, double y) {
      const double bend = noise.octaves(1.5 * x, 0.35 * zoom * y, 2);
      return 0.5 + 0.35 * std::sin(2 * kPi * (zoom * x + 1.4 * bend)) + 0.15 * noise.at(60 * x, 3 * y);
    });
  // marble
  paint(canvas, dark, light, [&](double x, double y) {
    const double vein = std::sin(2 * kPi * (zoom * 0.4 * (x + 0.6 * y) + noise.octaves(4 * x, 4 * y, 3)));
    return 1 - std::pow(1 - std::abs(vein), 2.5);
  });
}

void drawGrating(Canvas& canvas, const Thing& thing) {
  Philox random(thing.style, streamOf("grating"));
  const uint64_t kind = random.below(7);
  const double cycles = kind == 2 ? 4 + static_cast<double>(random.below(14)) : 3 * std::pow(2, random.uniform(0, 3));
  const double angle = random.uniform(0, kPi);
  const double phase = random.uniform(0, 2 * kPi);
  const double contrast = random.uniform(0.5, 1);
  const bool isSquare = random.uniform() < 0.3;
  const bool isGrey = random.uniform() < 0.6;
  const Colour low = isGrey ? Colour{0, 0, 0} : scaled(anyColour(random), 0.5);
  const Colour high = isGrey ? Colour{1, 1, 1} : mix(anyColour(random), {1, 1, 1}, 0.5);
  const double spread = 0.24 * thing.size;
  paint(canvas, low, high, [&](double x, double y) {
    const double dx = x - thing.x;
    const double dy = y - thing.y;
    double value = gratingValue(kind, dx, dy, cycles, angle, phase);
    if (isSquare) value = std::clamp(value * 6, -1.0, 1.0);
    const double window = thing.size >= 1 ? 1 : std::exp(-(dx * dx + dy * dy) / (2 * spread * spread));
    return 0.5 + 0.5 * contrast * window * value;
  });
}

}  // namespace corticast::demo
