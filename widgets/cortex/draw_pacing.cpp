#include "widgets/cortex/draw_pacing.h"

namespace corticast {
namespace {

constexpr double kLongMilliseconds = 25;   // a pause that a person begins to feel
constexpr double kShortMilliseconds = 10;  // less than half of it: half as many goes will do
constexpr int kMostGoes = 8;               // each has some cost of its own

}  // namespace

void DrawPacing::took(double milliseconds) {
  if (milliseconds > kLongMilliseconds && m_goes < kMostGoes)
    m_goes *= 2;
  else if (milliseconds < kShortMilliseconds && m_goes > 1)
    m_goes /= 2;
}

}  // namespace corticast
