#include <cmath>
#include <numbers>

#include "core/demo/internal/drawings.h"

namespace corticast::demo {

namespace {

struct Look {
  Colour skin;
  Colour hair;
  Colour iris;
  double yaw = 0;    ///< -1..1: where the face looks
  double smile = 0;  ///< -1..1
  double open = 0;   ///< mouth, 0..1
  bool hasLongHair = false;
  bool hasGlasses = false;
  bool hasBeard = false;
};

Look anyLook(Philox& random) {
  constexpr std::array irises{Colour{0.25, 0.15, 0.08}, Colour{0.2, 0.4, 0.65}, Colour{0.25, 0.45, 0.25},
                              Colour{0.35, 0.25, 0.12}};
  Look look;
  look.skin = anySkin(random);
  look.hair = anyHair(random);
  look.iris = irises[random.below(irises.size())];
  look.yaw = random.uniform(-0.8, 0.8);
  look.smile = random.uniform(-0.5, 1);
  look.open = random.uniform() < 0.35 ? random.uniform(0.4, 1) : 0;
  look.hasLongHair = random.uniform() < 0.5;
  look.hasGlasses = random.uniform() < 0.2;
  look.hasBeard = !look.hasLongHair && random.uniform() < 0.3;
  return look;
}

void drawEye(Canvas& canvas, const Look& look, double x, double y) {
  canvas.ellipse(x, y, 0.062, 0.036);
  canvas.fill({0.97, 0.97, 0.95});
  const double pupilX = x + 0.018 * look.yaw;
  canvas.ellipse(pupilX, y, 0.031, 0.033);
  canvas.fill(look.iris);
  canvas.ellipse(pupilX, y, 0.015, 0.016);
  canvas.fill({0.03, 0.03, 0.03});
  canvas.ellipse(pupilX - 0.008, y - 0.01, 0.006, 0.006);
  canvas.fill({1, 1, 1});
  canvas.curve({x - 0.064, y + 0.004}, {x - 0.03, y - 0.05}, {x + 0.03, y - 0.05}, {x + 0.064, y + 0.004});
  canvas.stroke(scaled(look.skin, 0.35), 0.012);
  canvas.curve({x - 0.075, y - 0.07}, {x - 0.03, y - 0.105}, {x + 0.03, y - 0.105}, {x + 0.075, y - 0.07});
  canvas.stroke(scaled(look.hair, 0.75), 0.024);
  if (look.hasGlasses) {
    canvas.ellipse(x, y, 0.088, 0.072);
    canvas.stroke({0.1, 0.1, 0.12}, 0.014);
  }
}

void drawMouth(Canvas& canvas, const Look& look, double x, double y) {
  const double bend = 0.07 * look.smile;
  const Colour lips = mix(scaled(look.skin, 0.75), {0.75, 0.2, 0.25}, 0.55);
  if (look.open > 0) {
    canvas.curve({x - 0.1, y - 0.4 * bend}, {x - 0.05, y - 0.02}, {x + 0.05, y - 0.02}, {x + 0.1, y - 0.4 * bend});
    cairo_curve_to(canvas.context(), x + 0.06, y + 0.04 + 0.08 * look.open, x - 0.06, y + 0.04 + 0.08 * look.open,
                   x - 0.1, y - 0.4 * bend);
    cairo_path_t* path = cairo_copy_path(canvas.context());
    canvas.fill({0.3, 0.06, 0.08});
    canvas.roundedRectangle(x - 0.06, y - 0.014, 0.12, 0.024, 0.01);
    canvas.fill({0.97, 0.97, 0.95});
    cairo_append_path(canvas.context(), path);
    cairo_path_destroy(path);
    canvas.stroke(lips, 0.018);
    return;
  }
  canvas.curve({x - 0.095, y - 0.5 * bend}, {x - 0.04, y + 0.8 * bend}, {x + 0.04, y + 0.8 * bend},
               {x + 0.095, y - 0.5 * bend});
  canvas.stroke(lips, 0.026);
  canvas.curve({x - 0.095, y - 0.5 * bend}, {x - 0.04, y + 0.8 * bend}, {x + 0.04, y + 0.8 * bend},
               {x + 0.095, y - 0.5 * bend});
  canvas.stroke(scaled(lips, 0.5), 0.007);
}

void drawHairBehind(Canvas& canvas, const Look& look) {
  if (look.hasLongHair) {
    canvas.roundedRectangle(0.17, 0.08, 0.66, 0.82, 0.3);
    canvas.fillGradient(look.hair, scaled(look.hair, 0.6), 0, 0.1, 0, 0.9);
  } else {
    canvas.ellipse(0.5, 0.34, 0.315, 0.31);
    canvas.fillGradient(look.hair, scaled(look.hair, 0.6), 0, 0.1, 0, 0.6);
  }
}

void drawFringe(Canvas& canvas, const Look& look) {
  const double part = 0.5 + 0.15 * look.yaw;
  canvas.curve({0.215, 0.42}, {0.2, 0.02}, {0.8, 0.02}, {0.785, 0.42});
  cairo_curve_to(canvas.context(), 0.76, 0.28, part + 0.12, 0.24, part, 0.17);
  cairo_curve_to(canvas.context(), part - 0.12, 0.24, 0.24, 0.28, 0.215, 0.42);
  canvas.fillGradient(mix(look.hair, {1, 1, 1}, 0.12), scaled(look.hair, 0.8), 0, 0.08, 0, 0.42);
}

void drawLimb(Canvas& canvas, Point from, Point joint, Point to, double width, Colour upper, Colour lower) {
  canvas.line({joint, to});
  canvas.stroke(lower, width * 0.82);
  canvas.line({from, joint});
  canvas.stroke(upper, width);
}

Point away(Point from, double angle, double length) {
  return {from.first + length * std::sin(angle), from.second + length * std::cos(angle)};
}

struct Clothes {
  Colour shirt;
  Colour sleeves;  ///< of the lower arms: skin or shirt
  Colour trousers;
  Colour calves;
  Colour shoes;
};

Clothes anyClothes(Philox& random, Colour skin) {
  Clothes clothes;
  clothes.shirt = anyColour(random);
  clothes.trousers = scaled(anyColour(random), 0.7);
  clothes.sleeves = random.uniform() < 0.5 ? skin : clothes.shirt;
  clothes.calves = random.uniform() < 0.3 ? skin : clothes.trousers;
  clothes.shoes = scaled(anyColour(random), 0.45);
  return clothes;
}

void drawLegs(Canvas& canvas, Philox& random, const Clothes& clothes) {
  for (const double side : {-1.0, 1.0}) {
    const double lift = random.uniform(0, 0.5);
    const Point hip{0.5 + 0.055 * side, 0.575};
    const Point knee = away(hip, side * lift, 0.19);
    const Point foot = away(knee, side * lift - random.uniform(0, 0.7) * side * lift * 1.6, 0.185);
    drawLimb(canvas, hip, knee, foot, 0.105, clothes.trousers, clothes.calves);
    canvas.ellipse(foot.first + 0.022 * side, foot.second + 0.018, 0.062, 0.028);
    canvas.fill(clothes.shoes);
  }
}

void drawArms(Canvas& canvas, Philox& random, const Clothes& clothes, Colour skin) {
  for (const double side : {-1.0, 1.0}) {
    const Point shoulder{0.5 + 0.115 * side, 0.285};
    const double raise = random.uniform(0.15, 2.3);
    const Point elbow = away(shoulder, side * raise, 0.145);
    const Point hand = away(elbow, side * (raise + random.uniform(-0.5, 1.1)), 0.135);
    drawLimb(canvas, shoulder, elbow, hand, 0.075, scaled(clothes.shirt, 0.88), scaled(clothes.sleeves, 0.95));
    canvas.ellipse(hand.first, hand.second, 0.036, 0.036);
    canvas.fill(skin);
  }
}

}  // namespace

Colour anySkin(Philox& random) {
  constexpr std::array skins{Colour{0.96, 0.8, 0.68}, Colour{0.9, 0.7, 0.55}, Colour{0.78, 0.56, 0.4},
                             Colour{0.58, 0.38, 0.25}, Colour{0.4, 0.26, 0.18}};
  return scaled(skins[random.below(skins.size())], random.uniform(0.92, 1.05));
}

Colour anyHair(Philox& random) {
  constexpr std::array hairs{Colour{0.1, 0.07, 0.05},  Colour{0.32, 0.18, 0.09}, Colour{0.55, 0.36, 0.16},
                             Colour{0.85, 0.68, 0.35}, Colour{0.6, 0.22, 0.1},   Colour{0.7, 0.7, 0.7}};
  return hairs[random.below(hairs.size())];
}

void drawFace(Canvas& canvas, uint64_t style) {
  Philox random(style, streamOf("face"));
  const Look look = anyLook(random);
  const double shift = 0.05 * look.yaw;
  canvas.roundedRectangle(0.12, 0.86, 0.76, 0.4, 0.16);  // shoulders
  canvas.fill(anyColour(random));
  drawHairBehind(canvas, look);
  canvas.rectangle(0.4, 0.72, 0.2, 0.2);  // neck
  canvas.fill(scaled(look.skin, 0.78));
  canvas.ellipse(0.5, 0.91, 0.1, 0.05);
  canvas.fill(scaled(look.skin, 0.78));
  for (const double x : {0.225, 0.775}) {  // ears
    canvas.ellipse(x, 0.5, 0.04, 0.075);
    canvas.fill(scaled(look.skin, 0.85));
  }
  canvas.ellipse(0.5, 0.48, 0.275, 0.365);
  canvas.fillRound(look.skin, 0.5, 0.44, 0.42);
  if (look.hasBeard) {
    canvas.curve({0.24, 0.55}, {0.3, 0.98}, {0.7, 0.98}, {0.76, 0.55});
    cairo_curve_to(canvas.context(), 0.7, 0.66, 0.62, 0.6, 0.5, 0.62);
    cairo_curve_to(canvas.context(), 0.38, 0.6, 0.3, 0.66, 0.24, 0.55);
    canvas.fill(scaled(look.hair, 0.85));
  }
  drawFringe(canvas, look);
  drawEye(canvas, look, 0.385 + shift, 0.45);
  drawEye(canvas, look, 0.615 + shift, 0.45);
  if (look.hasGlasses) {
    canvas.line({{0.473 + shift, 0.44}, {0.527 + shift, 0.44}});
    canvas.stroke({0.1, 0.1, 0.12}, 0.014);
  }
  canvas.curve({0.5 + shift, 0.48}, {0.52 + 1.6 * shift, 0.56}, {0.57 + 1.6 * shift, 0.6}, {0.47 + 1.6 * shift, 0.605});
  canvas.stroke(scaled(look.skin, 0.62), 0.018);
  drawMouth(canvas, look, 0.5 + shift, 0.71);
}

void drawBody(Canvas& canvas, uint64_t style) {
  Philox random(style, streamOf("body"));
  const Colour skin = anySkin(random);
  const Colour hair = anyHair(random);
  const Clothes clothes = anyClothes(random, skin);
  canvas.enter(0.5, 0.5, 1, random.uniform(-0.15, 0.15));
  canvas.line({{0.5, 0.16}, {0.5, 0.25}});  // neck
  canvas.stroke(scaled(skin, 0.85), 0.06);
  drawLegs(canvas, random, clothes);
  canvas.polygon({{0.385, 0.27},
                  {0.46, 0.225},
                  {0.54, 0.225},
                  {0.615, 0.27},
                  {0.575, 0.45},
                  {0.6, 0.6},
                  {0.4, 0.6},
                  {0.425, 0.45}});
  canvas.fillGradient(mix(clothes.shirt, {1, 1, 1}, 0.15), scaled(clothes.shirt, 0.7), 0.4, 0.2, 0.6, 0.6);
  canvas.roundedRectangle(0.4, 0.55, 0.2, 0.07, 0.03);
  canvas.fill(clothes.trousers);
  drawArms(canvas, random, clothes, skin);
  // The head is turned away: a body without a face.
  canvas.ellipse(0.5, 0.125, 0.075, 0.092);
  canvas.fillRound(skin, 0.5, 0.125, 0.1);
  canvas.ellipse(0.5, 0.105, 0.083, 0.088);
  canvas.fillRound(hair, 0.5, 0.1, 0.1);
  canvas.leave();
}

}  // namespace corticast::demo
