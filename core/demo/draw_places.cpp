#include <algorithm>
#include <cmath>

#include "core/demo/internal/drawings.h"

namespace corticast::demo {

namespace {

void drawSky(Canvas& canvas, Philox& random, double horizon) {
  const bool isEvening = random.uniform() < 0.25;
  const Colour high = isEvening ? Colour{0.3, 0.25, 0.5} : Colour{0.3, 0.55, 0.88};
  const Colour low = isEvening ? Colour{0.98, 0.62, 0.35} : Colour{0.85, 0.93, 0.98};
  canvas.rectangle(0, 0, 1, horizon + 0.02);
  canvas.fillGradient(scaled(high, random.uniform(0.85, 1.1)), low, 0, 0, 0, horizon);
  if (random.uniform() < 0.4) {
    canvas.ellipse(random.uniform(0.1, 0.9), random.uniform(0.08, 0.25), 0.05, 0.05);
    canvas.fill({1, 0.96, 0.75});
  }
  const auto clouds = static_cast<int>(random.below(4));
  for (int i = 0; i < clouds; ++i) {
    const double x = random.uniform();
    const double y = random.uniform(0.05, 0.6 * horizon);
    for (int puff = 0; puff < 5; ++puff) {
      canvas.ellipse(x + 0.045 * (puff - 2), y + random.uniform(-0.012, 0.012), 0.05, 0.032);
      canvas.fill({1, 1, 1}, 0.6);
    }
  }
}

void drawTree(Canvas& canvas, Philox& random, double x, double foot, double height) {
  const Colour green = fromHsv(random.uniform(0.2, 0.36), random.uniform(0.4, 0.7), random.uniform(0.3, 0.55));
  canvas.line({{x, foot}, {x, foot - 0.5 * height}});
  canvas.stroke({0.32, 0.2, 0.11}, 0.09 * height);
  if (random.uniform() < 0.5) {
    for (const double level : {0.25, 0.5, 0.75}) {
      canvas.polygon({{x - 0.3 * height * (1.15 - level), foot - level * height},
                      {x + 0.3 * height * (1.15 - level), foot - level * height},
                      {x, foot - height * (level + 0.35)}});
      canvas.fill(scaled(green, 0.7 + 0.4 * level));
    }
    return;
  }
  for (int i = 0; i < 5; ++i) {
    const double centreX = x + 0.16 * height * (i - 2) * 0.7;
    const double centreY = foot - height * (i % 2 ? 0.78 : 0.62);
    canvas.ellipse(centreX, centreY, 0.22 * height, 0.2 * height);
    canvas.fillRound(green, centreX, centreY, 0.25 * height);
  }
}

void drawRidge(Canvas& canvas, Philox& random, double base, double height, Colour colour) {
  std::vector<Point> points{{-0.05, 1}};
  for (double x = -0.05; x < 1.15; x += random.uniform(0.08, 0.16))
    points.emplace_back(x, base - height * random.uniform(0.1, 1));
  points.emplace_back(1.1, 1);
  canvas.polygon(points);
  canvas.fillGradient(mix(colour, {1, 1, 1}, 0.25), colour, 0, base - height, 0, base + 0.1);
}

void drawLandscape(Canvas& canvas, Philox& random) {
  const double horizon = random.uniform(0.4, 0.6);
  drawSky(canvas, random, horizon);
  drawRidge(canvas, random, horizon, 0.26, {0.42, 0.47, 0.58});
  drawRidge(canvas, random, horizon + 0.04, 0.12, {0.28, 0.4, 0.36});
  const bool hasWater = random.uniform() < 0.45;
  const Colour ground = fromHsv(random.uniform(0.16, 0.34), 0.5, random.uniform(0.45, 0.7));
  canvas.rectangle(0, horizon + 0.03, 1, 1);
  canvas.fillGradient(hasWater ? Colour{0.5, 0.72, 0.85} : ground,
                      hasWater ? Colour{0.12, 0.3, 0.5} : scaled(ground, 0.55), 0, horizon, 0, 1);
  if (hasWater) {
    for (int i = 0; i < 26; ++i) {
      const double y = horizon + 0.05 + (0.95 - horizon) * random.uniform();
      const double x = random.uniform();
      canvas.line({{x, y}, {x + 0.06 + 0.1 * (y - horizon), y}});
      canvas.stroke({0.75, 0.87, 0.95}, 0.006);
    }
  } else {
    canvas.polygon({{0.52, horizon + 0.03}, {0.55, horizon + 0.03}, {0.78, 1}, {0.38, 1}});
    canvas.fillGradient({0.8, 0.7, 0.52}, {0.6, 0.48, 0.33}, 0, horizon, 0, 1);
  }
  const auto trees = static_cast<int>(2 + random.below(6));
  for (int i = 0; i < trees; ++i) {
    const double foot = horizon + 0.08 + 0.05 * i;
    const double x = random.uniform() < 0.5 ? random.uniform(0, 0.35) : random.uniform(0.68, 1);
    drawTree(canvas, random, x, foot, 0.14 + 0.8 * (foot - horizon));
  }
}

void drawFacade(Canvas& canvas, Philox& random, double x, double width, double top, double foot) {
  const Colour wall = mix(anyColour(random), {0.65, 0.6, 0.55}, 0.65);
  canvas.rectangle(x, top, width, foot - top);
  canvas.fillGradient(wall, scaled(wall, 0.7), 0, top, 0, foot);
  const Colour pane = random.uniform() < 0.3 ? Colour{0.98, 0.88, 0.5} : Colour{0.25, 0.35, 0.45};
  const double step = random.uniform(0.045, 0.07);
  const auto columns = std::max(1, static_cast<int>(width / step) - 0);
  for (double y = top + 0.03; y + 0.05 < foot - 0.05; y += 0.075)
    for (int i = 0; i < columns; ++i) {
      canvas.rectangle(x + width * (i + 0.22) / columns, y, 0.56 * width / columns, 0.042);
      canvas.fill(scaled(pane, random.uniform(0.75, 1.15)));
    }
}

void drawStreet(Canvas& canvas, Philox& random) {
  const double horizon = random.uniform(0.62, 0.74);
  drawSky(canvas, random, horizon);
  for (double x = -0.03; x < 1;) {
    const double width = random.uniform(0.12, 0.26);
    drawFacade(canvas, random, x, width, random.uniform(0.1, 0.48), horizon);
    x += width + 0.004;
  }
  canvas.rectangle(0, horizon, 1, 1 - horizon);
  canvas.fillGradient({0.62, 0.62, 0.6}, {0.5, 0.5, 0.5}, 0, horizon, 0, 1);
  canvas.polygon({{0.36, horizon + 0.02}, {0.64, horizon + 0.02}, {1.15, 1}, {-0.15, 1}});
  canvas.fillGradient({0.36, 0.36, 0.38}, {0.2, 0.2, 0.22}, 0, horizon, 0, 1);
  for (double t = 0.08; t < 1; t *= 1.7) {
    const double y = horizon + (1 - horizon) * t;
    canvas.rectangle(0.5 - 0.03 * t, y, 0.06 * t, (1 - horizon) * 0.3 * t);
    canvas.fill({0.95, 0.92, 0.75});
  }
}

void drawHouse(Canvas& canvas, Philox& random) {
  const double horizon = 0.66;
  drawSky(canvas, random, horizon);
  canvas.rectangle(0, horizon, 1, 1 - horizon);
  canvas.fillGradient({0.45, 0.62, 0.3}, {0.28, 0.45, 0.2}, 0, horizon, 0, 1);
  drawTree(canvas, random, random.uniform(0.02, 0.14), 0.76, 0.5);
  drawTree(canvas, random, random.uniform(0.86, 0.98), 0.74, 0.42);
  const Colour wall = mix(anyColour(random), {0.95, 0.92, 0.85}, 0.65);
  const Colour roof = mix(anyColour(random), {0.5, 0.2, 0.15}, 0.6);
  canvas.rectangle(0.2, 0.42, 0.6, 0.38);
  canvas.fillGradient(wall, scaled(wall, 0.78), 0, 0.42, 0, 0.8);
  canvas.rectangle(0.66, 0.17, 0.07, 0.2);
  canvas.fill({0.5, 0.32, 0.26});
  canvas.polygon({{0.14, 0.44}, {0.86, 0.44}, {0.7, 0.2}, {0.3, 0.2}});
  canvas.fillGradient(mix(roof, {1, 1, 1}, 0.12), scaled(roof, 0.7), 0, 0.2, 0, 0.44);
  canvas.rectangle(0.45, 0.6, 0.11, 0.2);
  canvas.fill(scaled(roof, 0.7));
  for (const double x : {0.26, 0.63}) {
    canvas.rectangle(x, 0.52, 0.12, 0.13);
    canvas.fill({0.55, 0.72, 0.85});
    canvas.rectangle(x, 0.52, 0.12, 0.13);
    canvas.stroke({0.97, 0.97, 0.95}, 0.014);
    canvas.line({{x + 0.06, 0.52}, {x + 0.06, 0.65}});
    canvas.stroke({0.97, 0.97, 0.95}, 0.01);
  }
  canvas.polygon({{0.46, 0.8}, {0.55, 0.8}, {0.7, 1}, {0.36, 1}});
  canvas.fill({0.75, 0.7, 0.62});
}

/// A room in one-point perspective; the far wall spans left..right, top..bottom.
void drawRoom(Canvas& canvas, Philox& random) {
  const double left = random.uniform(0.2, 0.32);
  const double right = random.uniform(0.68, 0.82);
  const double top = random.uniform(0.16, 0.26);
  const double bottom = random.uniform(0.6, 0.7);
  const Colour wall = mix(anyColour(random), {0.9, 0.88, 0.82}, 0.6);
  const Colour floor = mix(anyColour(random), {0.5, 0.33, 0.2}, 0.7);
  canvas.rectangle(0, 0, 1, 1);
  canvas.fill(mix(wall, {1, 1, 1}, 0.6));
  canvas.polygon({{0, 1}, {1, 1}, {right, bottom}, {left, bottom}});
  canvas.fillGradient(scaled(floor, 0.7), floor, 0, bottom, 0, 1);
  for (int i = 0; i <= 12; ++i) {
    const double t = i / 12.0;
    canvas.line({{left + t * (right - left), bottom}, {-0.4 + 1.8 * t, 1}});
    canvas.stroke(scaled(floor, 0.6), 0.004);
  }
  canvas.polygon({{0, 0}, {left, top}, {left, bottom}, {0, 1}});
  canvas.fillGradient(scaled(wall, 0.95), scaled(wall, 0.72), 0, 0.5, left, 0.5);
  canvas.polygon({{1, 0}, {right, top}, {right, bottom}, {1, 1}});
  canvas.fillGradient(scaled(wall, 0.85), scaled(wall, 0.62), 1, 0.5, right, 0.5);
  canvas.rectangle(left, top, right - left, bottom - top);
  canvas.fill(scaled(wall, 0.88));
  const double middle = (left + right) / 2;
  canvas.rectangle(middle - 0.1, top + 0.06, 0.2, 0.2);  // window
  canvas.fillGradient({0.45, 0.68, 0.92}, {0.85, 0.93, 0.98}, 0, top, 0, top + 0.26);
  canvas.rectangle(middle - 0.1, top + 0.06, 0.2, 0.2);
  canvas.stroke({0.97, 0.97, 0.95}, 0.018);
  canvas.line({{middle, top + 0.06}, {middle, top + 0.26}});
  canvas.stroke({0.97, 0.97, 0.95}, 0.012);
  const Colour sofa = anyColour(random);
  canvas.roundedRectangle(middle - 0.19, bottom - 0.12, 0.38, 0.14, 0.03);
  canvas.fill(sofa);
  canvas.roundedRectangle(middle - 0.22, bottom - 0.04, 0.44, 0.1, 0.03);
  canvas.fill(scaled(sofa, 0.8));
  canvas.polygon({{0.05, 0.3}, {0.14, 0.34}, {0.14, 0.8}, {0.05, 0.9}});  // door
  canvas.fill(scaled(floor, 0.85));
  canvas.polygon(
      {{middle - 0.15, bottom + 0.12}, {middle + 0.15, bottom + 0.12}, {middle + 0.28, 0.97}, {middle - 0.28, 0.97}});
  canvas.fill(anyColour(random));  // carpet
}

}  // namespace

void drawPlace(Canvas& canvas, uint64_t style) {
  Philox random(style, streamOf("place"));
  switch (random.below(4)) {
    case 0:
      return drawLandscape(canvas, random);
    case 1:
      return drawStreet(canvas, random);
    case 2:
      return drawHouse(canvas, random);
    default:
      return drawRoom(canvas, random);
  }
}

}  // namespace corticast::demo
