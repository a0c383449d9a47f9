#include <algorithm>
#include <string_view>

#include "core/demo/internal/drawings.h"

namespace corticast::demo {

namespace {

/// Letters as lines on a grid of 5 x 7 points: "x y" digit pairs, strokes parted by a blank. Own letters, so that a
/// picture does not depend on the fonts of a machine.
constexpr std::array<std::string_view, 26> kLetters{"062046 1434",                      // A
                                                    "0006 0030414233 0333 3344453606",  // B
                                                    "4130100105163645",                 // C
                                                    "0006 003041453606",                // D
                                                    "40000646 0333",                    // E
                                                    "400006 0333",                      // F
                                                    "4130100105163645 454323",          // G
                                                    "0006 4046 0343",                   // H
                                                    "2026 1030 1636",                   // I
                                                    "4045361605",                       // J
                                                    "0006 400346",                      // K
                                                    "000646",                           // L
                                                    "0600234046",                       // M
                                                    "06004640",                         // N
                                                    "100105163645413010",               // O
                                                    "0006 003041423303",                // P
                                                    "100105163645413010 3446",          // Q
                                                    "0006 003041423303 2346",           // R
                                                    "413010010213334445361605",         // S
                                                    "2026 0040",                        // T
                                                    "000516364540",                     // U
                                                    "002640",                           // V
                                                    "0016233640",                       // W
                                                    "0046 0640",                        // X
                                                    "002340 2326",                      // Y
                                                    "00400646"};                        // Z

constexpr std::array<std::string_view, 40> kWords{
    "HOUSE",  "RIVER", "LIGHT", "BREAD", "STONE", "MUSIC", "APPLE",  "WINTER", "BRIDGE", "GARDEN",
    "OCEAN",  "PAPER", "TRAIN", "CLOUD", "HORSE", "LEMON", "MARKET", "SILVER", "TIGER",  "WINDOW",
    "COFFEE", "STOP",  "OPEN",  "EXIT",  "HOTEL", "MILK",  "FIRE",   "MOON",   "SALT",   "TREE",
    "KEY",    "SUN",   "MAP",   "RED",   "ZOO",   "VOICE", "QUIET",  "JACKET", "YELLOW", "PLANET"};

void drawLetter(Canvas& canvas, char letter, double x, double y, double width, double height) {
  const std::string_view strokes = kLetters[static_cast<size_t>(letter - 'A')];
  bool isNew = true;
  for (size_t i = 0; i + 1 < strokes.size();) {
    if (strokes[i] == ' ') {
      isNew = true;
      ++i;
      continue;
    }
    const double pointX = x + width * (strokes[i] - '0') / 4.0;
    const double pointY = y + height * (strokes[i + 1] - '0') / 6.0;
    if (isNew)
      cairo_move_to(canvas.context(), pointX, pointY);
    else
      cairo_line_to(canvas.context(), pointX, pointY);
    isNew = false;
    i += 2;
  }
}

void drawLine(Canvas& canvas, std::string_view word, double middle, double height, double width, Colour ink,
              double weight) {
  const auto letters = static_cast<double>(word.size());
  const double advance = std::min(width / letters, height * 0.85);
  const double tall = std::min(height, advance * 1.7);
  double x = 0.5 - 0.5 * advance * letters;
  cairo_new_path(canvas.context());
  for (const char letter : word) {
    drawLetter(canvas, letter, x + 0.14 * advance, middle - tall / 2, 0.72 * advance, tall);
    x += advance;
  }
  canvas.stroke(ink, weight * advance);
}

}  // namespace

void drawWord(Canvas& canvas, uint64_t style) {
  Philox random(style, streamOf("word"));
  const Colour colour = anyColour(random);
  const bool isDark = random.uniform() < 0.5;
  const Colour board = isDark ? scaled(colour, 0.45) : mix(colour, {1, 1, 1}, 0.8);
  const Colour ink = isDark ? mix(colour, {1, 1, 0.95}, 0.9) : scaled(colour, 0.3);
  const uint64_t lines = 1 + random.below(3);
  const double half = 0.08 + 0.135 * static_cast<double>(lines);
  const double weight = random.uniform(0.1, 0.2);
  canvas.enter(0.5, 0.5, 1, random.uniform(-0.12, 0.12));
  canvas.roundedRectangle(0.015, 0.5 - half + 0.02, 0.98, 2 * half, 0.05);
  canvas.fill({0.1, 0.1, 0.1}, 0.35);
  canvas.roundedRectangle(0, 0.5 - half, 0.98, 2 * half, 0.05);
  canvas.fill(board);
  canvas.roundedRectangle(0.025, 0.5 - half + 0.025, 0.93, 2 * half - 0.05, 0.035);
  canvas.stroke(ink, 0.012);
  for (uint64_t i = 0; i < lines; ++i) {
    const double middle = 0.5 + 0.27 * (static_cast<double>(i) - 0.5 * static_cast<double>(lines - 1));
    drawLine(canvas, kWords[random.below(kWords.size())], middle, 0.2, 0.86, ink, weight);
  }
  canvas.leave();
}

}  // namespace corticast::demo
