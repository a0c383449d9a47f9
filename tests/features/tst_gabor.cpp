#include "core/features/gabor.h"

#include <cmath>
#include <fstream>
#include <numbers>

#include "core/features/resample.h"
#include "core/formats/image.h"
#include "tests/features/test_picture.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using corticast::testing::oraclePicture;
using corticast::testing::testFile;

namespace {

Image uniform(uint8_t red, uint8_t green, uint8_t blue) {
  Image image{40, 40, {}};
  for (int i = 0; i < 40 * 40; ++i) image.rgb.insert(image.rgb.end(), {red, green, blue});
  return image;
}

GaborConfig small() {
  return {.size = 30,
          .cycles = {1, 3, 6},
          .cells = {1, 3, 2},
          .orientations = 5,
          .bandwidth = 1.3,
          .compression = "none",
          .colourCells = 3};
}

GaborConfig with(GaborConfig config, std::string compression) {
  config.compression = std::move(compression);
  return config;
}

struct OracleCase {
  const char* file;
  GaborConfig config;
  int width;
  int height;
};

class GaborOracle : public ::testing::TestWithParam<OracleCase> {};

}  // namespace

TEST_P(GaborOracle, agreesWithTheFormulaWrittenOutInTwoDimensions) {
  const OracleCase& wanted = GetParam();
  std::ifstream expected(testFile(std::string("features/data/gabor_") + wanted.file + ".txt"));
  const GaborPyramid pyramid(wanted.config);
  const Matrix<float> actual = pyramid.embed(std::vector<Image>{oraclePicture(wanted.width, wanted.height)});
  for (size_t i = 0; i < pyramid.featureCount(); ++i) {
    double value = 0;
    ASSERT_TRUE(expected >> value) << "feature " << i;
    // float32 sums over up to 128 x 128 pixels, times 100 under the logarithm.
    ASSERT_NEAR(actual(0, i), value, 1e-5) << "feature " << i;
  }
  std::string rest;
  EXPECT_FALSE(expected >> rest);
}

INSTANTIATE_TEST_SUITE_P(pictures, GaborOracle,
                         ::testing::Values(OracleCase{"energy", small(), 61, 47},
                                           OracleCase{"root", with(small(), "root"), 61, 47},
                                           OracleCase{"enlarged", with(small(), "log"), 17, 23},
                                           OracleCase{"default", {}, 425, 425}),
                         [](const auto& test) { return std::string(test.param.file); });

TEST(Gabor, hasTheFeaturesThatItsParametersSay) {
  EXPECT_EQ(GaborPyramid(GaborConfig{}).featureCount(), 8U * (1 + 4 + 16 + 64 + 64 + 16) + 3U * 16);
  EXPECT_EQ(GaborPyramid(small()).featureCount(), 5U * (1 + 9 + 4) + 3U * 9);
}

TEST(Gabor, aUniformPictureHasNoEnergyAtAnyBrightness) {
  const GaborPyramid pyramid(with(GaborConfig{}, "none"));
  for (const uint8_t level : {0, 90, 255}) {
    const Matrix<float> features = pyramid.embed(std::vector<Image>{uniform(level, level, level)});
    for (size_t i = 0; i < pyramid.featureCount() - 48; ++i) EXPECT_LT(features(0, i), 1e-6);
    EXPECT_NEAR(features(0, pyramid.featureCount() - 48), level / 255.0, 1e-6);
    EXPECT_NEAR(features(0, pyramid.featureCount() - 1), 0, 1e-6);
  }
}

TEST(Gabor, tellsColoursApart) {
  const GaborPyramid pyramid(small());
  const Matrix<float> features = pyramid.embed(std::vector<Image>{uniform(255, 0, 0), uniform(0, 0, 255)});
  const size_t redGreen = pyramid.featureCount() - 18;
  const size_t blueYellow = pyramid.featureCount() - 9;
  EXPECT_NEAR(features(0, redGreen), 1, 1e-6);
  EXPECT_NEAR(features(1, redGreen), 0, 1e-6);
  EXPECT_NEAR(features(0, blueYellow), -0.5, 1e-6);
  EXPECT_NEAR(features(1, blueYellow), 1, 1e-6);
}

TEST(Gabor, measuresTheAmplitudeOfTheGratingItIsTunedTo) {
  GaborConfig config{.size = 64, .cycles = {8}, .cells = {1}, .orientations = 4, .colourCells = 0};
  config.compression = "none";
  const GaborPyramid pyramid(config);
  Matrix<float> grating(64, 64);
  const double angle = std::numbers::pi / 4;
  for (size_t y = 0; y < 64; ++y)
    for (size_t x = 0; x < 64; ++x)
      grating(y, x) = static_cast<float>(
          0.5 + 0.2 * std::cos(2 * std::numbers::pi * 8 / 64 *
                               (static_cast<double>(x) * std::cos(angle) + static_cast<double>(y) * std::sin(angle))));
  std::vector<float> features(pyramid.featureCount());
  pyramid.embedPlanes(grating, grating, grating, features);
  EXPECT_NEAR(features[1], 0.2, 0.01);
  EXPECT_LT(features[3], 0.02);
  EXPECT_LT(features[0], 0.1);
}

TEST(Gabor, aPictureDoesNotDependOnItsBatchOrTheThreads) {
  const GaborPyramid pyramid(small());
  std::vector<Image> pictures;
  for (int i = 0; i < 9; ++i) pictures.push_back(oraclePicture(31 + i, 40));
  const Matrix<float> together = pyramid.embed(pictures, 3);
  for (size_t i = 0; i < pictures.size(); ++i) {
    const Matrix<float> alone = pyramid.embed(std::span(pictures).subspan(i, 1), 1);
    EXPECT_THAT(alone.row(0), ::testing::ElementsAreArray(together.row(i)));
  }
}

TEST(Gabor, refusesParametersThatDoNotFit) {
  GaborConfig config;
  config.cells = {1, 2};
  EXPECT_EQ(errorOf([&] { GaborPyramid{config}; }).why, "cycles has 6 values, cells 2");
  config = {.size = 64, .cycles = {32}, .cells = {4}};
  EXPECT_EQ(errorOf([&] { GaborPyramid{config}; }).remedy, "leave at least 3 pixels per cycle");
  config = {.cycles = {6}, .cells = {4}};
  EXPECT_EQ(errorOf([&] { GaborPyramid{config}; }).why, "6 cycles do not divide into 4 cells");
  config = {.colourCells = 5};
  EXPECT_EQ(errorOf([&] { GaborPyramid{config}; }).remedy, "let colourCells divide size");
  config = {.cycles = {0}, .cells = {0}};
  EXPECT_THAT(errorOf([&] { GaborPyramid{config}; }).why, ::testing::HasSubstr("between"));
}

TEST(Resample, takesTheCentreSquareByArea) {
  Image image{4, 2, {}};
  for (const int value : {9, 0, 100, 9, 9, 50, 250, 9})
    image.rgb.insert(image.rgb.end(), 3, static_cast<uint8_t>(value));
  EXPECT_NEAR(resampledPlanes(image, 1)[0](0, 0), 100 / 255.0, 1e-6);
  EXPECT_NEAR(resampledPlanes(image, 2)[1](1, 1), 250 / 255.0, 1e-6);
  const auto enlarged = resampledPlanes(image, 3);
  EXPECT_NEAR(enlarged[2](0, 1), 50 / 255.0, 1e-6);
}
