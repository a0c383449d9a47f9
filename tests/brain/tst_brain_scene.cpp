#include "widgets/brain/brain_scene.h"

#include <cmath>
#include <limits>
#include <map>

#include "core/surface/draw_order.h"
#include "tests/testing/testing.h"
#include "widgets/brain/offscreen_window.h"

using namespace corticast;

namespace {

constexpr int kSide = 200;

/// An icosahedron split into a sphere of radius 50 mm, standing for a hemisphere.
CortexGeometry ball(int splits) {
  const double g = (1 + std::sqrt(5.0)) / 2;
  std::vector<Position> places;
  for (const auto& p : std::vector<std::array<double, 3>>{{-1, g, 0},
                                                          {1, g, 0},
                                                          {-1, -g, 0},
                                                          {1, -g, 0},
                                                          {0, -1, g},
                                                          {0, 1, g},
                                                          {0, -1, -g},
                                                          {0, 1, -g},
                                                          {g, 0, -1},
                                                          {g, 0, 1},
                                                          {-g, 0, -1},
                                                          {-g, 0, 1}})
    places.push_back({static_cast<float>(p[0]), static_cast<float>(p[1]), static_cast<float>(p[2])});
  std::vector<Triangle> faces = {{0, 11, 5},  {0, 5, 1},  {0, 1, 7},  {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4},
                                 {11, 10, 2}, {10, 7, 6}, {7, 1, 8},  {3, 9, 4},  {3, 4, 2},   {3, 2, 6}, {3, 6, 8},
                                 {3, 8, 9},   {4, 9, 5},  {2, 4, 11}, {6, 2, 10}, {8, 6, 7},   {9, 8, 1}};
  for (int step = 0; step < splits; ++step) {
    std::map<std::pair<int32_t, int32_t>, int32_t> middles;
    const auto middle = [&](int32_t a, int32_t b) {
      const auto [found, isNew] = middles.try_emplace(std::minmax(a, b), static_cast<int32_t>(places.size()));
      if (isNew) {
        const Position p = places[static_cast<size_t>(a)], q = places[static_cast<size_t>(b)];
        places.push_back({(p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2});
      }
      return found->second;
    };
    std::vector<Triangle> finer;
    for (const Triangle& t : faces) {
      const int32_t a = middle(t[0], t[1]), b = middle(t[1], t[2]), c = middle(t[2], t[0]);
      for (const Triangle& each : {Triangle{t[0], a, c}, Triangle{t[1], b, a}, Triangle{t[2], c, b}, Triangle{a, b, c}})
        finer.push_back(each);
    }
    faces = std::move(finer);
  }
  for (Position& p : places) {
    const float length = std::hypot(p[0], p[1], p[2]);
    for (float& value : p) value *= 50 / length;
  }
  CortexGeometry geometry;
  geometry.curvature.assign(places.size(), -1);
  geometry.positions = std::move(places);
  geometry.triangles = std::move(faces);
  return geometry;
}

struct Colour {
  int red, green, blue;
};

Colour at(const RgbaImage& image, int x, int y) {
  const size_t place = (static_cast<size_t>(y) * static_cast<size_t>(image.width) + static_cast<size_t>(x)) * 4;
  return {image.pixels[place], image.pixels[place + 1], image.pixels[place + 2]};
}

/// One left hemisphere seen from the side; skips where no OpenGL is to be had.
class Scene : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      window = std::make_unique<OffscreenWindow>(kSide, kSide);
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
    scene = std::make_unique<BrainScene>(window->window());
    scene->setSceneColours({.background = {0, 0, 255}});
    scene->setGeometry(Hemisphere::Left, geometry);
    scene->setViews(*findViewPreset("lateral"), {Hemisphere::Left});
  }
  void TearDown() override { scene.reset(); }

  CortexGeometry geometry = ball(4);
  std::unique_ptr<OffscreenWindow> window;
  std::unique_ptr<BrainScene> scene;
};

}  // namespace

TEST_F(Scene, drawsTheCortexGreyBeforeItsGround) {
  const RgbaImage image = window->capture();
  const Colour corner = at(image, 2, 2), middle = at(image, kSide / 2, kSide / 2);
  EXPECT_GT(corner.blue, 250);
  EXPECT_LT(corner.red, 5);
  EXPECT_NEAR(middle.red, middle.blue, 2);
  EXPECT_GT(middle.red, 150);
}

TEST_F(Scene, paintsAMapInItsColours) {
  std::vector<float> values;
  for (const Position& p : geometry.positions) values.push_back(p[2] > 0 ? 1.0F : -1.0F);
  scene->setMap(Hemisphere::Left, values);
  scene->setColours({.colourMap = "vik", .low = -1, .high = 1});
  const RgbaImage image = window->capture();
  const Colour above = at(image, kSide / 2, kSide / 4), below = at(image, kSide / 2, 3 * kSide / 4);
  EXPECT_GT(above.red, above.blue + 30) << "high values are red in vik";
  EXPECT_GT(below.blue, below.red + 30) << "low values are blue in vik";
}

TEST_F(Scene, leavesVerticesWithoutAValueBare) {
  std::vector<float> values(geometry.positions.size(), std::numeric_limits<float>::quiet_NaN());
  const RgbaImage bare = window->capture();
  scene->setMap(Hemisphere::Left, values);
  EXPECT_EQ(window->capture().pixels, bare.pixels);
}

TEST_F(Scene, hidesWhatLiesBelowTheThreshold) {
  const RgbaImage bare = window->capture();
  scene->setMap(Hemisphere::Left, std::vector<float>(geometry.positions.size(), 0.2F));
  scene->setColours({.low = -1, .high = 1, .threshold = 0.5, .fadeBelowThreshold = false});
  EXPECT_EQ(window->capture().pixels, bare.pixels);
  scene->setColours({.low = -1, .high = 1, .threshold = 0.1, .fadeBelowThreshold = false});
  EXPECT_NE(window->capture().pixels, bare.pixels);
}

TEST_F(Scene, drawsTheSamePictureInDrawOrder) {
  std::vector<float> values;
  for (const Position& p : geometry.positions) values.push_back(p[1] / 50);
  scene->setMap(Hemisphere::Left, values);
  const RgbaImage own = window->capture();
  CortexGeometry sorted = geometry;
  sorted.order = std::make_shared<const DrawOrder>(drawOrder({geometry.positions, geometry.triangles}));
  scene->setGeometry(Hemisphere::Left, sorted);
  scene->setMap(Hemisphere::Left, values);
  const RgbaImage again = window->capture();
  size_t different = 0;
  for (size_t i = 0; i < own.pixels.size(); ++i) different += std::abs(own.pixels[i] - again.pixels[i]) > 2 ? 1 : 0;
  // Triangles that share an edge may win its pixels in another order.
  EXPECT_LT(different, own.pixels.size() / 200);
}

TEST_F(Scene, drawsTheSamePictureInParts) {
  const uint32_t outlined = 7;
  std::vector<bool> isInside(geometry.positions.size());
  isInside[outlined] = true;
  scene->setOutlines(Hemisphere::Left, {outlineOf(geometry.triangles, isInside, {255, 0, 0})});
  scene->setMarker(VertexPick{Hemisphere::Left, outlined}, {0, 255, 0});
  const RgbaImage whole = window->capture();
  std::vector<uint8_t> picture(whole.pixels.size());
  for (int count : {1, 3}) {
    for (int number = 0; number < count; ++number) {
      scene->renderPanel(0, {number, count});
      window->read({.width = kSide, .height = kSide}, picture.data(), size_t{kSide} * 4);
      size_t different = 0;
      for (size_t i = 0; i < picture.size(); i += 4)
        for (const size_t channel : {0, 1, 2})
          different += picture[i + channel] != whole.pixels[i + 2 - channel] ? 1 : 0;
      if (number < count - 1)
        EXPECT_GT(different, picture.size() / 20) << "a part is missing";
      else
        EXPECT_EQ(different, 0U) << "in " << count << " parts";
    }
  }
  EXPECT_EQ(window->capture().pixels, whole.pixels) << "drawn whole again";
}

TEST_F(Scene, readsAPartToItsPlace) {
  const RgbaImage whole = window->capture();
  std::vector<uint8_t> picture(whole.pixels.size());
  const PixelRect part{.left = 60, .top = 20, .width = 70, .height = 90};
  window->read(part, picture.data(), size_t{kSide} * 4);
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      const size_t pixel = (static_cast<size_t>(y) * kSide + static_cast<size_t>(x)) * 4;
      const bool isInside = x >= part.left && x < part.left + part.width && y >= part.top && y < part.top + part.height;
      for (const size_t channel : {0, 1, 2})
        ASSERT_EQ(picture[pixel + channel], isInside ? whole.pixels[pixel + 2 - channel] : 0) << x << ", " << y;
    }
}

// Colours were chosen before there was a coarse mesh, as in the window: they hold for it too.
TEST_F(Scene, drawsTheCoarseMeshInTheSameColours) {
  const CortexGeometry small = ball(3);
  CortexGeometry whole = geometry;
  whole.coarseTriangles = small.triangles;
  whole.coarseVertices = small.positions.size();
  scene->setColours({.colourMap = "vik", .low = -1, .high = 1});
  scene->setGeometry(Hemisphere::Left, whole);
  std::vector<float> values;
  for (const Position& p : whole.positions) values.push_back(p[1] / 50);
  values[0] = values[1] = std::numeric_limits<float>::quiet_NaN();
  scene->setMap(Hemisphere::Left, values);
  const RgbaImage rest = window->capture();
  scene->setInteracting(true);
  const RgbaImage dragged = window->capture();
  EXPECT_NE(rest.pixels, dragged.pixels) << "another mesh is drawn";
  for (const auto& [x, y] : {std::pair{50, 100}, {100, 100}, {150, 100}, {100, 60}, {100, 150}}) {
    const Colour a = at(rest, x, y), b = at(dragged, x, y);
    EXPECT_NEAR(a.red, b.red, 16) << x << ", " << y;
    EXPECT_NEAR(a.blue, b.blue, 16) << x << ", " << y;
  }
}

TEST_F(Scene, namesHemispheresOnTheSideWhereTheyAreSeen) {
  scene->setGeometry(Hemisphere::Right, geometry);
  scene->setViews(*findViewPreset("ventral"), {Hemisphere::Left, Hemisphere::Right});
  EXPECT_EQ(scene->labels(0), (PanelLabels{"RH ventral", "LH ventral"}));
  // The left hemisphere lies at x < 0: from below it must be under the right half of the picture.
  const auto picked = scene->pick(kSide * 0.75, kSide / 2.0);
  ASSERT_TRUE(picked);
  EXPECT_EQ(picked->hemisphere, Hemisphere::Left);
}

// The vertex under a pixel must be the corner nearest to where the ray first meets any triangle (Möller & Trumbore
// 1997).
TEST_F(Scene, picksAsBruteForceDoes) {
  int hits = 0;
  for (int y = 5; y < kSide; y += 13)
    for (int x = 5; x < kSide; x += 13) {
      const auto ray = scene->rayThrough(0, x, y);
      double nearest = 2;
      std::optional<uint32_t> expected;
      const auto minus = [](const auto& a, const auto& b) {
        return std::array<double, 3>{a[0] - b[0], a[1] - b[1], a[2] - b[2]};
      };
      const auto cross = [](const auto& a, const auto& b) {
        return std::array<double, 3>{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
      };
      const auto dot = [](const auto& a, const auto& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; };
      const double shift = scene->hemisphere(Hemisphere::Left).shift();
      const std::array<double, 3> from = {ray.from[0] - shift, ray.from[1], ray.from[2]};
      const std::array<double, 3> along = minus(std::array<double, 3>{ray.to[0] - shift, ray.to[1], ray.to[2]}, from);
      for (const Triangle& t : geometry.triangles) {
        const Position &p = geometry.positions[static_cast<size_t>(t[0])],
                       &q = geometry.positions[static_cast<size_t>(t[1])],
                       &r = geometry.positions[static_cast<size_t>(t[2])];
        const auto e1 = minus(q, p), e2 = minus(r, p), h = cross(along, e2);
        const double determinant = dot(e1, h);
        if (std::abs(determinant) < 1e-12) continue;
        const auto s = minus(from, p);
        const double u = dot(s, h) / determinant;
        const auto k = cross(s, e1);
        const double v = dot(along, k) / determinant, time = dot(e2, k) / determinant;
        if (u < 0 || v < 0 || u + v > 1 || time < 0 || time >= nearest) continue;
        nearest = time;
        const std::array<double, 3> hit = {from[0] + time * along[0], from[1] + time * along[1],
                                           from[2] + time * along[2]};
        double best = 1e9;
        for (const int32_t corner : t) {
          const auto d = minus(geometry.positions[static_cast<size_t>(corner)], hit);
          if (dot(d, d) < best) {
            best = dot(d, d);
            expected = static_cast<uint32_t>(corner);
          }
        }
      }
      const auto picked = scene->pick(x, y);
      ASSERT_EQ(picked.has_value(), expected.has_value()) << x << ", " << y;
      if (!picked) continue;
      EXPECT_EQ(picked->vertex, *expected) << x << ", " << y;
      ++hits;
    }
  EXPECT_GT(hits, 100);
}

TEST_F(Scene, drawsOutlinesInTheirColour) {
  std::vector<bool> isInside;
  for (const Position& p : geometry.positions) isInside.push_back(std::hypot(p[1], p[2]) < 25 && p[0] < 0);
  Outline outline = outlineOf(geometry.triangles, isInside, {0, 255, 0});
  EXPECT_GT(outline.segments.size(), 20U);
  scene->setOutlines(Hemisphere::Left, {outline});
  const RgbaImage image = window->capture();
  size_t green = 0;
  for (size_t i = 0; i < image.pixels.size(); i += 4)
    green += image.pixels[i + 1] > 200 && image.pixels[i] < 80 && image.pixels[i + 2] < 80 ? 1 : 0;
  EXPECT_GT(green, 100U);
}
