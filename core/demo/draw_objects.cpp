#include <cmath>
#include <numbers>

#include "core/demo/internal/drawings.h"

namespace corticast::demo {

namespace {

constexpr double kPi = std::numbers::pi;

void drawShadow(Canvas& canvas, double y, double width) {
  canvas.ellipse(0.5, y, width, 0.05);
  canvas.fill({0, 0, 0}, 0.3);
}

void drawMug(Canvas& canvas, Philox&, Colour colour) {
  drawShadow(canvas, 0.9, 0.36);
  canvas.ellipse(0.76, 0.52, 0.16, 0.19);
  canvas.stroke(scaled(colour, 0.8), 0.07);
  canvas.roundedRectangle(0.16, 0.2, 0.56, 0.7, 0.09);
  canvas.fillGradient(mix(colour, {1, 1, 1}, 0.3), scaled(colour, 0.55), 0.2, 0.5, 0.72, 0.5);
  canvas.ellipse(0.44, 0.22, 0.28, 0.085);
  canvas.fill(scaled(colour, 1.15));
  canvas.ellipse(0.44, 0.23, 0.24, 0.062);
  canvas.fill({0.22, 0.12, 0.06});
}

void drawBottle(Canvas& canvas, Philox& random, Colour colour) {
  drawShadow(canvas, 0.97, 0.22);
  canvas.curve({0.44, 0.08}, {0.44, 0.3}, {0.3, 0.3}, {0.3, 0.46});
  cairo_line_to(canvas.context(), 0.3, 0.97);
  cairo_line_to(canvas.context(), 0.7, 0.97);
  cairo_line_to(canvas.context(), 0.7, 0.46);
  cairo_curve_to(canvas.context(), 0.7, 0.3, 0.56, 0.3, 0.56, 0.08);
  canvas.fillGradient(mix(colour, {1, 1, 1}, 0.35), scaled(colour, 0.4), 0.32, 0.5, 0.7, 0.5);
  canvas.roundedRectangle(0.425, 0.02, 0.15, 0.08, 0.02);
  canvas.fill(scaled(colour, 0.35));
  canvas.rectangle(0.3, 0.56, 0.4, 0.24);
  canvas.fill({0.95, 0.93, 0.85});
  canvas.ellipse(0.5, 0.68, 0.07, 0.07);
  canvas.fill(anyColour(random));
}

void drawChair(Canvas& canvas, Philox&, Colour colour) {
  drawShadow(canvas, 0.95, 0.34);
  for (const double x : {0.28, 0.72}) {
    canvas.line({{x, 0.08}, {x, 0.94}});
    canvas.stroke(scaled(colour, 0.7), 0.05);
  }
  for (const double x : {0.2, 0.8}) {
    canvas.line({{x, 0.58}, {x, 0.97}});
    canvas.stroke(scaled(colour, 0.55), 0.055);
  }
  for (const double y : {0.12, 0.24, 0.36}) {
    canvas.roundedRectangle(0.27, y, 0.46, 0.07, 0.02);
    canvas.fill(colour);
  }
  canvas.polygon({{0.27, 0.5}, {0.73, 0.5}, {0.85, 0.6}, {0.15, 0.6}});
  canvas.fill(mix(colour, {1, 1, 1}, 0.2));
  canvas.rectangle(0.15, 0.6, 0.7, 0.045);
  canvas.fill(scaled(colour, 0.75));
}

void drawClock(Canvas& canvas, Philox& random, Colour colour) {
  canvas.ellipse(0.5, 0.5, 0.45, 0.45);
  canvas.fillRound(colour, 0.5, 0.5, 0.45);
  canvas.ellipse(0.5, 0.5, 0.37, 0.37);
  canvas.fill({0.97, 0.97, 0.94});
  for (int hour = 0; hour < 12; ++hour) {
    const double angle = hour * kPi / 6;
    const double inner = hour % 3 == 0 ? 0.27 : 0.31;
    canvas.line({{0.5 + inner * std::sin(angle), 0.5 - inner * std::cos(angle)},
                 {0.5 + 0.345 * std::sin(angle), 0.5 - 0.345 * std::cos(angle)}});
    canvas.stroke({0.1, 0.1, 0.1}, 0.02);
  }
  const double hours = random.uniform(0, 12);
  const double hourAngle = hours * kPi / 6;
  const double minuteAngle = hours * 2 * kPi;
  canvas.line({{0.5, 0.5}, {0.5 + 0.18 * std::sin(hourAngle), 0.5 - 0.18 * std::cos(hourAngle)}});
  canvas.stroke({0.1, 0.1, 0.1}, 0.035);
  canvas.line({{0.5, 0.5}, {0.5 + 0.28 * std::sin(minuteAngle), 0.5 - 0.28 * std::cos(minuteAngle)}});
  canvas.stroke({0.1, 0.1, 0.1}, 0.022);
}

void drawApple(Canvas& canvas, Philox& random, Colour) {
  const Colour colour = random.uniform() < 0.6 ? Colour{0.8, 0.12, 0.1} : Colour{0.5, 0.72, 0.15};
  drawShadow(canvas, 0.93, 0.3);
  canvas.curve({0.5, 0.28}, {0.3, 0.1}, {0.02, 0.3}, {0.12, 0.6});
  cairo_curve_to(canvas.context(), 0.2, 0.95, 0.4, 0.98, 0.5, 0.91);
  cairo_curve_to(canvas.context(), 0.6, 0.98, 0.8, 0.95, 0.88, 0.6);
  cairo_curve_to(canvas.context(), 0.98, 0.3, 0.7, 0.1, 0.5, 0.28);
  canvas.fillRound(colour, 0.5, 0.58, 0.42);
  canvas.curve({0.5, 0.3}, {0.5, 0.2}, {0.53, 0.12}, {0.57, 0.06});
  canvas.stroke({0.3, 0.18, 0.08}, 0.035);
  canvas.curve({0.53, 0.2}, {0.6, 0.06}, {0.74, 0.06}, {0.8, 0.1});
  cairo_curve_to(canvas.context(), 0.74, 0.22, 0.62, 0.24, 0.53, 0.2);
  canvas.fill({0.25, 0.55, 0.15});
}

void drawCar(Canvas& canvas, Philox&, Colour colour) {
  drawShadow(canvas, 0.76, 0.5);
  canvas.curve({0.18, 0.48}, {0.26, 0.26}, {0.3, 0.24}, {0.42, 0.24});
  cairo_curve_to(canvas.context(), 0.66, 0.24, 0.7, 0.32, 0.8, 0.48);
  canvas.fill(scaled(colour, 0.85));
  canvas.polygon({{0.26, 0.47}, {0.34, 0.3}, {0.47, 0.29}, {0.47, 0.47}});
  canvas.fill({0.7, 0.85, 0.92});
  canvas.polygon({{0.51, 0.47}, {0.51, 0.29}, {0.62, 0.31}, {0.72, 0.47}});
  canvas.fill({0.7, 0.85, 0.92});
  canvas.roundedRectangle(0.02, 0.45, 0.96, 0.24, 0.1);
  canvas.fillGradient(mix(colour, {1, 1, 1}, 0.25), scaled(colour, 0.6), 0.5, 0.45, 0.5, 0.69);
  canvas.ellipse(0.93, 0.53, 0.035, 0.03);
  canvas.fill({1, 0.95, 0.6});
  for (const double x : {0.24, 0.76}) {
    canvas.ellipse(x, 0.69, 0.115, 0.115);
    canvas.fill({0.08, 0.08, 0.09});
    canvas.ellipse(x, 0.69, 0.055, 0.055);
    canvas.fill({0.75, 0.75, 0.78});
  }
}

void drawBall(Canvas& canvas, Philox& random, Colour colour) {
  drawShadow(canvas, 0.93, 0.3);
  canvas.ellipse(0.5, 0.5, 0.42, 0.42);
  canvas.fillRound(colour, 0.5, 0.5, 0.42);
  const Colour other = mix(anyColour(random), {1, 1, 1}, 0.5);
  cairo_save(canvas.context());
  canvas.ellipse(0.5, 0.5, 0.42, 0.42);
  cairo_clip(canvas.context());
  const double turn = random.uniform(0, kPi);
  for (int i = 0; i < 3; ++i) {
    canvas.enter(0.5, 0.5, 1, turn + i * kPi / 3);
    canvas.curve({0.05, 0.5}, {0.3, 0.3}, {0.7, 0.3}, {0.95, 0.5});
    canvas.stroke(other, 0.06);
    canvas.leave();
  }
  cairo_restore(canvas.context());
}

void drawUmbrella(Canvas& canvas, Philox& random, Colour colour) {
  canvas.line({{0.5, 0.05}, {0.5, 0.86}});
  canvas.stroke({0.35, 0.25, 0.18}, 0.03);
  canvas.curve({0.5, 0.86}, {0.5, 0.98}, {0.64, 0.98}, {0.64, 0.87});
  canvas.stroke({0.35, 0.25, 0.18}, 0.04);
  const Colour other = mix(anyColour(random), {1, 1, 1}, 0.4);
  constexpr int kPanels = 6;
  for (int i = 0; i < kPanels; ++i) {
    const double left = 0.04 + 0.92 * i / kPanels;
    const double right = 0.04 + 0.92 * (i + 1) / kPanels;
    canvas.curve({0.5, 0.08}, {left + 0.3 * (0.5 - left), 0.12}, {left, 0.3}, {left, 0.5});
    cairo_curve_to(canvas.context(), left + 0.04, 0.45, right - 0.04, 0.45, right, 0.5);
    cairo_curve_to(canvas.context(), right, 0.3, right + 0.3 * (0.5 - right), 0.12, 0.5, 0.08);
    canvas.fill(i % 2 == 0 ? colour : other);
  }
}

void drawLamp(Canvas& canvas, Philox&, Colour colour) {
  canvas.ellipse(0.5, 0.92, 0.22, 0.05);
  canvas.fill({0.3, 0.25, 0.2});
  canvas.line({{0.5, 0.5}, {0.5, 0.9}});
  canvas.stroke({0.45, 0.36, 0.25}, 0.05);
  canvas.polygon({{0.34, 0.08}, {0.66, 0.08}, {0.86, 0.52}, {0.14, 0.52}});
  canvas.fillGradient(mix(colour, {1, 1, 0.8}, 0.7), colour, 0.5, 0.5, 0.5, 0.08);
  canvas.ellipse(0.5, 0.52, 0.36, 0.04);
  canvas.fill({1, 0.96, 0.75});
}

}  // namespace

void drawObject(Canvas& canvas, uint64_t style) {
  Philox random(style, streamOf("object"));
  constexpr std::array kinds{drawMug, drawBottle, drawChair,    drawClock, drawApple,
                             drawCar, drawBall,   drawUmbrella, drawLamp};
  const auto draw = kinds[random.below(kinds.size())];
  const Colour colour = anyColour(random);
  draw(canvas, random, colour);
}

}  // namespace corticast::demo
