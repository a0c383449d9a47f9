#include "core/surface/ray_picker.h"

#include "core/base/random.h"
#include "core/surface/draw_order.h"
#include "tests/surface/small_meshes.h"
#include "tests/testing/testing.h"

using namespace corticast;

namespace {

using Point = RayPicker::Point;

std::optional<RayPicker::Hit> shoot(const Mesh& mesh, const Point& from, const Point& to) {
  return RayPicker(mesh.positions, mesh.triangles).firstHit(mesh.positions, mesh.triangles, from, to);
}

/// Distance along the ray by the plane of each triangle and three signed areas: another way than the picker's own.
std::optional<double> firstOfAll(const Mesh& mesh, const Point& from, const Point& to) {
  const auto minus = [](const Point& a, const Point& b) { return Point{a[0] - b[0], a[1] - b[1], a[2] - b[2]}; };
  const auto dot = [](const Point& a, const Point& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; };
  const auto cross = [](const Point& a, const Point& b) {
    return Point{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
  };
  std::optional<double> first;
  for (const Triangle& t : mesh.triangles) {
    Point corners[3];
    for (size_t i = 0; i < 3; ++i) {
      const Position& p = mesh.positions[static_cast<size_t>(t[i])];
      corners[i] = {p[0], p[1], p[2]};
    }
    const Point normal = cross(minus(corners[1], corners[0]), minus(corners[2], corners[0]));
    const Point along = minus(to, from);
    const double slope = dot(normal, along);
    if (slope == 0) continue;
    const double distance = dot(normal, minus(corners[0], from)) / slope;
    const Point place{from[0] + distance * along[0], from[1] + distance * along[1], from[2] + distance * along[2]};
    bool isInside = distance >= 0 && distance <= 1;
    for (size_t i = 0; i < 3 && isInside; ++i)
      isInside = dot(normal, cross(minus(corners[(i + 1) % 3], corners[i]), minus(place, corners[i]))) >= 0;
    if (isInside && (!first || distance < *first)) first = distance;
  }
  return first;
}

}  // namespace

TEST(RayPicker, findsThePlaceOnAPlane) {
  const auto hit = shoot(corticast::testing::grid(3), {0.6, 1.3, 4}, {0.6, 1.3, -4});
  ASSERT_TRUE(hit);
  EXPECT_NEAR(hit->distance, 0.5, 1e-12);
  EXPECT_NEAR(hit->place[0], 0.6, 1e-12);
  EXPECT_NEAR(hit->place[2], 0, 1e-12);
}

TEST(RayPicker, takesTheNearerSideAndEndsWithTheRay) {
  const Mesh ball = corticast::testing::icosphere(3, 50);
  const auto hit = shoot(ball, {100, 1, 2}, {-100, 1, 2});
  ASSERT_TRUE(hit);
  EXPECT_GT(hit->place[0], 49) << "the side that the ray comes from";
  EXPECT_FALSE(shoot(ball, {100, 1, 2}, {60, 1, 2})) << "it ends before the ball";
  EXPECT_FALSE(shoot(ball, {100, 60, 2}, {-100, 60, 2})) << "it passes beside the ball";
  EXPECT_FALSE(shoot(ball, {100, 1, 2}, {300, 1, 2})) << "the ball is behind it";
}

TEST(RayPicker, doesNotSlipThroughEdgesAndCorners) {
  const Mesh ball = corticast::testing::icosphere(2, 50);
  for (const Triangle& t : ball.triangles)
    for (size_t i = 0; i < 3; ++i) {
      const Position& a = ball.positions[static_cast<size_t>(t[i])];
      const Position& b = ball.positions[static_cast<size_t>(t[(i + 1) % 3])];
      EXPECT_TRUE(shoot(ball, {0, 0, 0}, {2.0 * a[0], 2.0 * a[1], 2.0 * a[2]}));
      EXPECT_TRUE(shoot(ball, {0, 0, 0}, {a[0] + b[0], a[1] + b[1], a[2] + b[2]}));
    }
}

TEST(RayPicker, agreesWithLookingAtEveryTriangle) {
  Mesh ball = corticast::testing::icosphere(4, 50);
  const DrawOrder order = drawOrder(ball);
  ball = {order.sorted(std::span<const Position>(ball.positions)), order.triangles};
  const RayPicker picker(ball.positions, ball.triangles);
  Philox random(7);
  const auto somewhere = [&] { return 160 * (random.uniform() - 0.5); };
  int hits = 0;
  for (int i = 0; i < 400; ++i) {
    const Point from{somewhere(), somewhere(), somewhere()}, to{somewhere(), somewhere(), somewhere()};
    const auto hit = picker.firstHit(ball.positions, ball.triangles, from, to);
    const auto expected = firstOfAll(ball, from, to);
    ASSERT_EQ(hit.has_value(), expected.has_value()) << i;
    if (!hit) continue;
    EXPECT_NEAR(hit->distance, *expected, 1e-9) << i;
    ++hits;
  }
  EXPECT_GT(hits, 150);
}

TEST(RayPicker, findsNothingWhereNothingIs) {
  EXPECT_FALSE(RayPicker().firstHit({}, {}, {0, 0, 1}, {0, 0, -1}));
}
