// The view as a picture, drawn without a display and compared with how it looked when someone found it right
// (tests/brain/baselines). On failure <build>/screenshots/images holds what was drawn and the difference. To take new
// baselines, look at what was drawn, and run with CORTICAST_WRITE_BASELINES=1.
#include <QImage>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "core/surface/template.h"
#include "tests/testing/testing.h"
#include "widgets/brain/brain_scene.h"
#include "widgets/brain/offscreen_window.h"

using namespace corticast;

namespace {

constexpr int kWidth = 360;
constexpr int kHeight = 200;
// Another version of Mesa may shade an edge pixel otherwise; a wrong camera, colour map or outline changes far more.
constexpr int kSameChannel = 24;
constexpr double kMostDiffering = 0.01;

using Values = std::vector<float>;

struct Case {
  const char* name;
  SurfaceKind surface;
  const char* views;
  std::function<void(BrainScene&, const Template&)> dress;
};

CortexGeometry geometryOf(const Template& fsaverage, Hemisphere hemisphere, SurfaceKind kind) {
  const Mesh& mesh = fsaverage.mesh(hemisphere, kind);
  return {.positions = mesh.positions,
          .triangles = mesh.triangles,
          .curvature = fsaverage.curvature(hemisphere),
          .coarseTriangles = {},
          .coarseVertices = 0,
          .order = nullptr,
          .isClosed = kind != SurfaceKind::Flat};
}

/// Along the brain's axis from front to back, so that a mirrored or turned picture differs; absent on top.
Values frontToBack(const Template& fsaverage, Hemisphere hemisphere) {
  Values values;
  for (const Position& p : fsaverage.mesh(hemisphere, SurfaceKind::White).positions)
    values.push_back(p[2] > 55 ? std::nanf("") : p[1] / 80);
  return values;
}

void setMaps(BrainScene& scene, const Template& fsaverage, const MapColours& colours) {
  for (const Hemisphere h : kHemispheres) scene.setMap(h, frontToBack(fsaverage, h));
  scene.setColours(colours);
}

void setOutline(BrainScene& scene, const Template& fsaverage, const std::vector<Triangle>& triangles) {
  std::vector<bool> isInside;
  for (const Position& p : fsaverage.mesh(Hemisphere::Left, SurfaceKind::White).positions)
    isInside.push_back(std::hypot(p[0] + 38, p[1] + 50, p[2] + 18) < 16);
  Outline outline = outlineOf(triangles, isInside, {0, 90, 40});
  scene.setOutlines(Hemisphere::Left, {outline});
}

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"folding", SurfaceKind::Pial, "lateral-medial", [](BrainScene&, const Template&) {}},
      {"map", SurfaceKind::Inflated, "lateral",
       [](BrainScene& scene, const Template& fsaverage) { setMaps(scene, fsaverage, {.colourMap = "vik"}); }},
      {"threshold", SurfaceKind::Inflated, "posterior",
       [](BrainScene& scene, const Template& fsaverage) {
         setMaps(scene, fsaverage, {.colourMap = "viridis", .low = -1, .high = 1, .threshold = 0.9});
       }},
      {"outline", SurfaceKind::Inflated, "ventral",
       [](BrainScene& scene, const Template& fsaverage) {
         setOutline(scene, fsaverage, fsaverage.mesh(Hemisphere::Left, SurfaceKind::Inflated).triangles);
       }},
      {"flat", SurfaceKind::Flat, "lateral",
       [](BrainScene& scene, const Template& fsaverage) {
         setMaps(scene, fsaverage, {.colourMap = "vik"});
         setOutline(scene, fsaverage, fsaverage.mesh(Hemisphere::Left, SurfaceKind::Flat).triangles);
         scene.setFlat(true);
       }},
      {"dark", SurfaceKind::Sphere, "dorsal", [](BrainScene& scene, const Template&) {
         scene.setSceneColours({.background = {22, 24, 27}, .gyrus = {180, 180, 180}, .sulcus = {125, 125, 125}});
       }}};
  return kCases;
}

QImage draw(const Case& each, OffscreenWindow& window) {
  static const Template kFsaverage5 = Template::open(SurfaceLevel::Fsaverage5);
  BrainScene scene(window.window());
  for (const Hemisphere h : kHemispheres) scene.setGeometry(h, geometryOf(kFsaverage5, h, each.surface));
  scene.setViews(*findViewPreset(each.views), {Hemisphere::Left, Hemisphere::Right});
  each.dress(scene, kFsaverage5);
  const RgbaImage drawn = window.capture();
  return QImage(drawn.pixels.data(), drawn.width, drawn.height, QImage::Format_RGBA8888)
      .convertToFormat(QImage::Format_RGB32);
}

/// Share of pixels that differ visibly; `difference` shows where.
double differing(const QImage& drawn, const QImage& expected, QImage& difference) {
  difference = QImage(drawn.size(), QImage::Format_RGB32);
  int count = 0;
  for (int y = 0; y < drawn.height(); ++y)
    for (int x = 0; x < drawn.width(); ++x) {
      const QColor a = drawn.pixelColor(x, y), b = expected.pixelColor(x, y);
      const int gap =
          std::max({std::abs(a.red() - b.red()), std::abs(a.green() - b.green()), std::abs(a.blue() - b.blue())});
      difference.setPixelColor(x, y, QColor(gap, gap > kSameChannel ? 0 : gap, gap > kSameChannel ? 0 : gap));
      count += gap > kSameChannel ? 1 : 0;
    }
  return static_cast<double>(count) / (drawn.width() * drawn.height());
}

std::string nameOf(const ::testing::TestParamInfo<Case>& each) {
  return each.param.name;
}

class BrainImage : public ::testing::TestWithParam<Case> {};

}  // namespace

TEST_P(BrainImage, looksAsItDid) {
  std::unique_ptr<OffscreenWindow> window;
  try {
    window = std::make_unique<OffscreenWindow>(kWidth, kHeight);
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  const QImage drawn = draw(GetParam(), *window);
  const std::string name = GetParam().name;
  const auto baseline = corticast::testing::testFile("brain/baselines") / (name + ".png");
  if (std::getenv("CORTICAST_WRITE_BASELINES")) {
    ASSERT_TRUE(drawn.save(QString::fromStdString(baseline.string())));
  }
  const QImage expected(QString::fromStdString(baseline.string()));
  ASSERT_EQ(drawn.size(), expected.size()) << baseline;
  QImage difference;
  const double share = differing(drawn, expected, difference);
  if (share < kMostDiffering) return;
  const std::filesystem::path folder = std::filesystem::path(CORTICAST_SCREENSHOTS) / "images";
  std::filesystem::create_directories(folder);
  drawn.save(QString::fromStdString((folder / (name + ".png")).string()));
  difference.save(QString::fromStdString((folder / (name + "-difference.png")).string()));
  FAIL() << 100 * share << " % of the pixels differ; see " << folder;
}

INSTANTIATE_TEST_SUITE_P(Views, BrainImage, ::testing::ValuesIn(cases()), nameOf);

// A picture that differs must be noticed: the test of the test.
TEST(BrainImages, aMirroredPictureDiffers) {
  const QImage expected(QString::fromStdString((corticast::testing::testFile("brain/baselines") / "dark.png").string()));
  QImage difference;
  EXPECT_GT(differing(expected.mirrored(true, false), expected, difference), 5 * kMostDiffering);
}
