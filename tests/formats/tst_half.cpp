#include "core/formats/half.h"

#include <limits>
#include <vector>

#include "tests/testing/testing.h"

using namespace corticast;

TEST(Half, EveryHalfSurvivesTheWayThereAndBack) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const float value = halfToFloat(static_cast<uint16_t>(bits));
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(halfToFloat(floatToHalf(value))));
    else
      ASSERT_EQ(floatToHalf(value), bits);
  }
}

TEST(Half, RoundsToNearestAndTiesToEven) {
  EXPECT_EQ(halfToFloat(floatToHalf(2049.0F)), 2048.0F);  // halfway between 2048 and 2050
  EXPECT_EQ(halfToFloat(floatToHalf(2051.0F)), 2052.0F);
  EXPECT_EQ(halfToFloat(floatToHalf(2049.001F)), 2050.0F);
  EXPECT_EQ(halfToFloat(floatToHalf(-65504.0F)), -kLargestHalf);
  EXPECT_EQ(halfToFloat(floatToHalf(65519.0F)), kLargestHalf);
  EXPECT_EQ(halfToFloat(floatToHalf(65520.0F)), std::numeric_limits<float>::infinity());
  EXPECT_EQ(halfToFloat(floatToHalf(std::ldexp(1.0F, -25))), 0.0F);
  EXPECT_EQ(halfToFloat(floatToHalf(std::ldexp(1.5F, -25))), std::ldexp(1.0F, -24));
}

// 21,845 floats of every size, a span's odd end included: the processor's instruction and the portable code agree.
TEST(Half, BlocksEqualSingleValues) {
  std::vector<float> values;
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += 196613) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (!std::isnan(value)) values.push_back(value);
  }
  values.resize(values.size() / 8 * 8 + 5);
  std::vector<uint16_t> halves(values.size());
  floatsToHalves(values, halves);
  std::vector<float> back(values.size());
  halvesToFloats(halves, back);
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(halves[i], floatToHalf(values[i])) << values[i];
    ASSERT_EQ(back[i], halfToFloat(halves[i]));
  }
}
