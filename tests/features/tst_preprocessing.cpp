#include "core/features/preprocessing.h"

#include <cmath>
#include <fstream>

#include "core/base/hash.h"
#include "tests/features/test_picture.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using corticast::testing::oraclePicture;
using corticast::testing::testFile;

std::string hashOf(const std::vector<uint8_t>& bytes) {
  return sha256(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

TEST(PillowResize, givesPillowsBytes) {
  std::ifstream table(testFile("features/data/backbones/pillow.txt"));
  int width = 0, height = 0, newWidth = 0, newHeight = 0, lines = 0;
  for (std::string filter, hash; table >> width >> height >> newWidth >> newHeight >> filter >> hash; ++lines) {
    const ResizeFilter kind = filter == "bicubic" ? ResizeFilter::Bicubic : ResizeFilter::Bilinear;
    const Image resized = pillowResize(oraclePicture(width, height), newWidth, newHeight, kind);
    EXPECT_EQ(hashOf(resized.rgb), hash) << width << " x " << height << " to " << newWidth << " x " << newHeight << ", "
                                         << filter;
  }
  EXPECT_EQ(lines, 20);
}

TEST(PillowResize, leavesAPictureOfThatSizeAlone) {
  const Image picture = oraclePicture(31, 17);
  EXPECT_EQ(pillowResize(picture, 31, 17, ResizeFilter::Bicubic).rgb, picture.rgb);
}

Preprocessing named(const std::string& name) {
  using Fit = Preprocessing::Fit;
  if (name == "clip") return {.fit = Fit::CentreCrop, .side = 224, .shorterSide = 224, .filter = ResizeFilter::Bicubic};
  if (name == "dinov2")
    return {.fit = Fit::CentreCrop, .side = 224, .shorterSide = 256, .filter = ResizeFilter::Bicubic};
  if (name == "alexnet_crop")
    return {.fit = Fit::CentreCrop, .side = 224, .shorterSide = 256, .filter = ResizeFilter::Bilinear};
  if (name == "sam") return {.fit = Fit::Pad, .side = 1024, .filter = ResizeFilter::Bilinear};
  return {.fit = Fit::Stretch, .side = 224, .filter = ResizeFilter::Bilinear};
}

// The 8-bit pixels behind planes of values 0..1.
std::vector<uint8_t> pixelsOf(const std::vector<float>& planes) {
  const size_t pixels = planes.size() / 3;
  std::vector<uint8_t> rgb(planes.size());
  for (size_t i = 0; i < planes.size(); ++i)
    rgb[i % pixels * 3 + i / pixels] = static_cast<uint8_t>(std::lround(planes[i] * 255));
  return rgb;
}

TEST(Preprocessing, givesThePixelsOfThePublishedTransforms) {
  std::ifstream table(testFile("features/data/backbones/preprocessing.txt"));
  int width = 0, height = 0, lines = 0;
  for (std::string name, hash; table >> name >> width >> height >> hash; ++lines) {
    Preprocessing how = named(name);
    how.mean = {0, 0, 0};
    how.deviation = {1, 1, 1};
    std::vector<float> planes(how.valueCount(), -1);
    how.apply(oraclePicture(width, height), planes);
    EXPECT_EQ(hashOf(pixelsOf(planes)), hash) << name << ", " << width << " x " << height;
  }
  EXPECT_EQ(lines, 35);
}

TEST(Preprocessing, normalisesEachChannelAndPadsWithZeros) {
  const Image wide{2, 1, {0, 51, 255, 102, 51, 0}};
  const Preprocessing how{
      .fit = Preprocessing::Fit::Pad, .side = 2, .mean = {0.2F, 0.2F, 0.5F}, .deviation = {0.1F, 0.2F, 0.5F}};
  std::vector<float> planes(how.valueCount());
  how.apply(wide, planes);
  const std::vector<float> expected = {-2, 2, 0, 0, 0, 0, 0, 0, 1, -1, 0, 0};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(planes[i], expected[i], 1e-6) << i;
}

}  // namespace
}  // namespace corticast
