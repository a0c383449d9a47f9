#include <cstdlib>

#include "core/base/atomic_file.h"
#include "core/formats/image.h"
#include "tests/formats/keep.h"
#include "tests/testing/damage.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::HasSubstr;

std::filesystem::path oracle(const std::string& name) {
  return testFile("formats/data/" + name);
}

std::vector<uint8_t> pixelsByPillow(const std::string& name) {
  const std::string text = readTextFile(oracle(name + ".rgb"));
  return {text.begin(), text.end()};
}

int largestDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  if (a.size() != b.size()) return 256;
  int largest = 0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST(Image, readsEveryKindOfPngAsPillowDoes) {
  for (const char* name : {"rgb.png", "grey.png", "rgba.png", "grey_alpha.png", "palette.png",
                           "palette_transparent.png", "transparent_colour.png", "bits1.png", "bits2.png", "bits4.png",
                           "rgb16.png", "grey16.png", "interlaced.png", "turned.png"}) {
    const Image image = readImage(oracle(name));
    EXPECT_EQ(image.width, 17) << name;
    EXPECT_EQ(image.height, 13) << name;
    EXPECT_EQ(image.rgb, pixelsByPillow(name)) << name;
  }
}

TEST(Image, readsEveryKindOfJpegAsPillowDoes) {
  // Both decode by libjpeg-turbo's exact integer transform; two of its versions may still round the chroma upsampling
  // differently by one.
  for (const char* name : {"rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "turned.jpg"}) {
    const Image image = readImage(oracle(name));
    EXPECT_EQ(image.width, 17) << name;
    EXPECT_LE(largestDifference(image.rgb, pixelsByPillow(name)), 1) << name;
  }
}

TEST(Image, turnsPicturesUpright) {
  // abc / def, as each orientation says it is meant to be seen (EXIF 2.3, tag 274).
  const std::string shown[] = {"abc/def",  "cba/fed",  "fed/cba",  "def/abc",
                               "ad/be/cf", "da/eb/fc", "fc/eb/da", "cf/be/ad"};
  Image picture{3, 2, {}};
  for (const char letter : std::string("abcdef"))
    picture.rgb.insert(picture.rgb.end(), 3, static_cast<uint8_t>(letter));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image turned = turnedUpright(picture, orientation);
    std::string rows;
    for (int y = 0; y < turned.height; ++y) {
      if (y > 0) rows += '/';
      for (int x = 0; x < turned.width; ++x)
        rows += static_cast<char>(turned.rgb[static_cast<size_t>(y * turned.width + x) * 3 + 1]);
    }
    EXPECT_EQ(rows, shown[orientation - 1]) << orientation;
  }
  const ImageSize lying = readImageSize(oracle("turned.png"));
  const Image upright = readUprightImage(oracle("turned.png"));
  EXPECT_EQ(upright.width, lying.height);
  EXPECT_EQ(upright.height, lying.width);
}

TEST(Image, tellsSizeAndOrientationWithoutDecoding) {
  EXPECT_EQ(readImageSize(oracle("rgb.png")).width, 17);
  EXPECT_EQ(readImageSize(oracle("rgb.jpg")).height, 13);
  EXPECT_EQ(readImageInfo(oracle("turned.jpg")).orientation, 6);
  EXPECT_EQ(readImageInfo(oracle("turned.png")).orientation, 6);
  EXPECT_EQ(readImageInfo(oracle("rgb.jpg")).orientation, 1);
  EXPECT_TRUE(readImageInfo(oracle("rgb.jpg")).isJpeg);
  EXPECT_FALSE(readImageInfo(oracle("rgb.png")).isJpeg);
}

TEST(Image, refusesBeforeDecodingWhatIsTooLarge) {
  EXPECT_THAT(errorOf([] { (void)readImage(oracle("bomb.png")); }).why, HasSubstr("30000 x 30000"));
  EXPECT_THAT(errorOf([] { (void)readImageSize(oracle("bomb.png")); }).why, HasSubstr("64,000,000"));
}

TEST(Image, refusesWhatIsNoPicture) {
  const TempDir folder;
  writeFile(folder / "empty.png", "");
  writeFile(folder / "text.png", "GIF89a not a picture");
  EXPECT_THAT(errorOf([&] { (void)readImage(folder / "empty.png"); }).why, HasSubstr("empty"));
  EXPECT_THAT(errorOf([&] { (void)readImage(folder / "text.png"); }).why, HasSubstr("neither"));
  EXPECT_THAT(errorOf([&] { (void)readImage(folder / "none.png"); }).why, HasSubstr("no such file"));
  EXPECT_THAT(errorOf([] { (void)readImage(oracle("beyond_palette.png")); }).why, HasSubstr("palette"));
}

TEST(Image, refusesEveryCutAndSurvivesDamage) {
  const FileReader read = [](const auto& path) { (void)readImage(path); };
  for (const char* name : {"rgb.png", "interlaced.png", "palette.png", "rgb.jpg", "progressive.jpg", "turned.jpg"}) {
    expectEveryCutRefused(oracle(name), read);
    EXPECT_GT(expectDamageSurvived(oracle(name), read, 2), 0u) << name;
  }
}

TEST(Image, writesPngThatReadsBackTheSame) {
  const TempDir folder;
  const Image image = readImage(oracle("rgb.png"));
  writePng(folder / "written.png", image);
  keep(folder / "written.png");
  EXPECT_EQ(readImage(folder / "written.png").rgb, image.rgb);
  EXPECT_EQ(encodePng(image), readTextFile(folder / "written.png"));
  EXPECT_THAT(errorOf([&] {
                writePng(folder / "x.png", {.width = 2, .height = 2, .rgb = {1, 2, 3}});
              }).why,
              HasSubstr("3 bytes"));
  EXPECT_THAT(errorOf([&] { writePng(folder / "x.png", {}); }).why, HasSubstr("0 bytes"));
}

}  // namespace
}  // namespace corticast
