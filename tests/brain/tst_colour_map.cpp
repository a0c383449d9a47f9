#include "widgets/brain/colour_map.h"

#include <cmath>
#include <set>

#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

namespace {

std::vector<double> lightnesses(const ColourMap& map) {
  std::vector<double> values;
  for (const Rgb colour : map.colours) values.push_back(lightness(colour));
  return values;
}

}  // namespace

// CIELAB by hand: white is 100, black 0, mid grey (119, 119, 119) 50.03.
TEST(Lightness, agreesByHand) {
  EXPECT_NEAR(lightness({255, 255, 255}), 100, 1e-3);
  EXPECT_NEAR(lightness({0, 0, 0}), 0, 1e-12);
  EXPECT_NEAR(lightness({119, 119, 119}), 50.03, 0.01);
}

TEST(ColourMaps, haveDistinctIdsAndAreKnownByThem) {
  std::set<std::string> ids;
  for (const ColourMap& map : colourMaps()) EXPECT_TRUE(ids.insert(map.id).second) << map.id;
  EXPECT_EQ(colourMaps().size(), 12U);
  EXPECT_EQ(colourMap("viridis").label, "Viridis");
  EXPECT_THAT(errorOf([] { (void)colourMap("rainbow"); }).remedy, ::testing::HasSubstr("viridis"));
}

// A sequential map must order values by lightness alone: it reads in grey print and to the colour-blind.
TEST(ColourMaps, sequentialOnesOnlyGetLighter) {
  for (const ColourMap& map : colourMaps()) {
    if (map.kind != ColourMapKind::Sequential) continue;
    const auto values = lightnesses(map);
    for (size_t i = 1; i < values.size(); ++i) EXPECT_GT(values[i], values[i - 1] - 0.5) << map.id << " at " << i;
    EXPECT_GT(values.back() - values.front(), 55) << map.id;
  }
}

// A diverging map must be lightest (or darkest) in its middle and equally far from it at both ends.
TEST(ColourMaps, divergingOnesAreSymmetricInLightness) {
  for (const ColourMap& map : colourMaps()) {
    if (map.kind != ColourMapKind::Diverging) continue;
    const auto values = lightnesses(map);
    const double middle = values[128];
    EXPECT_GT(middle, values.front() + 25) << map.id;
    EXPECT_GT(middle, values.back() + 25) << map.id;
    EXPECT_NEAR(values.front(), values.back(), 12) << map.id;
  }
}

TEST(ColourMaps, takeTheEndsColourBeyondTheEnds) {
  const ColourMap& map = colourMap("vik");
  EXPECT_EQ(map.at(-3), map.colours.front());
  EXPECT_EQ(map.at(7), map.colours.back());
  EXPECT_EQ(map.at(0.5), map.colours[128]);
}
