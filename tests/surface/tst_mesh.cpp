#include "core/surface/mesh.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

#include "core/surface/draw_order.h"
#include "core/surface/flat.h"
#include "core/surface/geometry.h"
#include "core/surface/label_border.h"
#include "core/surface/topology.h"
#include "tests/surface/small_meshes.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;

TEST(Mesh, ClosedSurfacesHaveEulerCharacteristic2) {
  for (const Mesh& mesh : {tetrahedron(), icosphere(0, 1), icosphere(4, 100)}) {
    const MeshReport report = inspect(mesh);
    EXPECT_EQ(report.eulerCharacteristic, 2);
    EXPECT_TRUE(report.isClosed());
    EXPECT_EQ(report.components, 1u);
    EXPECT_EQ(report.degenerateTriangles, 0u);
  }
}

TEST(Mesh, AnOpenSheetHasARim) {
  const MeshReport report = inspect(grid(5));
  EXPECT_EQ(report.eulerCharacteristic, 1);
  EXPECT_EQ(report.borderEdges, 16u);
  EXPECT_FALSE(report.isClosed());
}

TEST(Mesh, PartsHolesAndSpoiltTrianglesAreCounted) {
  Mesh mesh = tetrahedron();
  const auto second = tetrahedron();
  mesh.positions.insert(mesh.positions.end(), second.positions.begin(), second.positions.end());
  for (auto [a, b, c] : second.triangles) mesh.triangles.push_back({a + 4, b + 4, c + 4});
  mesh.positions.push_back({9, 9, 9});
  mesh.triangles.push_back({0, 1, 8});
  mesh.positions.push_back({7, 7, 7});
  mesh.positions[8] = mesh.positions[0];
  const MeshReport report = inspect(mesh);
  EXPECT_EQ(report.components, 2u);
  EXPECT_EQ(report.isolatedVertices, 1u);
  EXPECT_EQ(report.overusedEdges, 1u);
  EXPECT_EQ(report.degenerateTriangles, 1u);
}

TEST(Mesh, BadMeshesAreRefused) {
  const auto refused = [](const auto& spoil) {
    Mesh mesh = tetrahedron();
    spoil(mesh);
    return errorOf([&] { validate(mesh, "lh.test"); });
  };
  EXPECT_EQ(refused([](Mesh& m) { m.triangles[0][1] = 4; }).where, "lh.test");
  EXPECT_THAT(refused([](Mesh& m) { m.triangles[0][1] = -1; }).why, ::testing::HasSubstr("-1"));
  EXPECT_THAT(refused([](Mesh& m) { m.triangles[2][0] = m.triangles[2][1]; }).why, ::testing::HasSubstr("twice"));
  EXPECT_THAT(refused([](Mesh& m) { m.positions[3][2] = std::numeric_limits<float>::quiet_NaN(); }).why,
              ::testing::HasSubstr("vertex 3"));
}

TEST(Neighbours, AreThoseOfTheIcosahedron) {
  const Neighbours neighbours = neighboursOf(icosphere(2, 1));
  for (uint32_t v = 0; v < 162; ++v) {
    EXPECT_EQ(neighbours.of(v).size(), v < 12 ? 5u : 6u);
    EXPECT_TRUE(std::is_sorted(neighbours.of(v).begin(), neighbours.of(v).end()));
    for (const uint32_t other : neighbours.of(v)) {
      const auto back = neighbours.of(other);
      EXPECT_TRUE(std::find(back.begin(), back.end(), v) != back.end());
    }
  }
}

TEST(Components, FollowTheVertexSet) {
  const Mesh mesh = grid(5);
  std::vector<bool> isInside(25, true);
  for (size_t y = 0; y < 5; ++y) isInside[y * 5 + 2] = false;
  const Components parts = connectedComponents(neighboursOf(mesh), isInside);
  EXPECT_EQ(parts.count, 2u);
  EXPECT_EQ(parts.of[0], 0u);
  EXPECT_EQ(parts.of[24], 1u);
  EXPECT_EQ(parts.of[2], Components::kOutside);
}

TEST(Geometry, SphereAreasSumToTheSpheres) {
  const double exact = 4 * std::numbers::pi * 100 * 100;
  double previous = 1;
  for (int splits = 1; splits <= 5; ++splits) {
    const Mesh mesh = icosphere(splits, 100);
    const double short_ = 1 - surfaceArea(mesh) / exact;
    // Inscribed triangles lose area with the square of their size: four times less at each split.
    EXPECT_GT(short_, 0);
    EXPECT_LT(short_, previous / (splits == 1 ? 1 : 3.5));
    previous = short_;
    double sum = 0;
    for (const float area : vertexAreas(mesh)) sum += area;
    EXPECT_NEAR(sum, surfaceArea(mesh), 1e-6 * exact);
  }
  EXPECT_LT(previous, 0.001);
}

TEST(Geometry, SphereNormalsPointOut) {
  const Mesh mesh = icosphere(4, 10);
  const auto normals = vertexNormals(mesh);
  for (size_t v = 0; v < normals.size(); ++v)
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(normals[v][i], mesh.positions[v][i] / 10, 0.01);
}

TEST(Geometry, AreasOfARightTriangle) {
  const Mesh mesh{.positions = {{0, 0, 0}, {3, 0, 0}, {0, 4, 0}, {9, 9, 9}}, .triangles = {{0, 1, 2}}};
  EXPECT_FLOAT_EQ(triangleAreas(mesh)[0], 6);
  EXPECT_THAT(vertexAreas(mesh), ::testing::ElementsAre(2, 2, 2, 0));
  EXPECT_THAT(vertexNormals(mesh)[0], ::testing::ElementsAre(0, 0, 1));
  EXPECT_THAT(boundsOf(mesh).high, ::testing::ElementsAre(3, 4, 0));
}

TEST(LabelBorder, OfADiscIsOneClosedLoop) {
  const Mesh mesh = icosphere(4, 1);
  std::vector<bool> isInside(mesh.vertexCount());
  for (size_t v = 0; v < isInside.size(); ++v) isInside[v] = mesh.positions[v][2] > 0.6f;
  const auto lines = labelBorder(mesh, isInside);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].isClosed);
  double length = 0;
  const auto points = positionsOf(lines[0], mesh);
  for (size_t i = 0; i < points.size(); ++i) {
    const auto& [inside, outside] = lines[0].points[i];
    EXPECT_TRUE(isInside[inside]);
    EXPECT_FALSE(isInside[outside]);
    const Position& next = points[(i + 1) % points.size()];
    length += std::hypot(points[i][0] - next[0], points[i][1] - next[1], points[i][2] - next[2]);
  }
  // A circle of radius 0.8; a border that follows vertices is somewhat longer.
  EXPECT_GT(length, 2 * std::numbers::pi * 0.8 * 0.97);
  EXPECT_LT(length, 2 * std::numbers::pi * 0.8 * 1.2);
}

TEST(LabelBorder, EveryMixedTriangleHoldsOnePiece) {
  const Mesh mesh = icosphere(3, 1);
  std::vector<bool> isInside(mesh.vertexCount());
  for (size_t v = 0; v < isInside.size(); ++v) isInside[v] = v * 2654435761u % 7 < 3;
  size_t mixed = 0;
  for (const auto& [a, b, c] : mesh.triangles) {
    const bool first = isInside[static_cast<size_t>(a)];
    mixed += isInside[static_cast<size_t>(b)] != first || isInside[static_cast<size_t>(c)] != first;
  }
  size_t pieces = 0;
  for (const BorderLine& line : labelBorder(mesh, isInside)) {
    EXPECT_TRUE(line.isClosed) << "a closed surface has no open border";
    pieces += line.points.size();
  }
  EXPECT_EQ(pieces, mixed);
}

TEST(LabelBorder, EndsOnTheRimOfASheet) {
  std::vector<bool> isInside(25);
  for (size_t v = 0; v < 25; ++v) isInside[v] = v % 5 < 2;
  const auto lines = labelBorder(grid(5), isInside);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].isClosed);
  EXPECT_EQ(lines[0].points.size(), 9u);
}

TEST(LabelBorder, OfOneVertexAndOfNothing) {
  std::vector<bool> isInside(42, false);
  EXPECT_TRUE(labelBorder(icosphere(1, 1), isInside).empty());
  isInside[3] = true;
  const auto lines = labelBorder(icosphere(1, 1), isInside);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].isClosed);
  EXPECT_EQ(lines[0].points.size(), 5u);
  EXPECT_THAT(errorOf([] { static_cast<void>(labelBorder(grid(3), std::vector<bool>(8))); }).why,
              ::testing::HasSubstr("8 vertices"));
}

TEST(DrawOrder, IsAPermutationOfTheSameSurface) {
  const Mesh mesh = icosphere(3, 50);
  const DrawOrder order = drawOrder(mesh);
  std::set<Triangle> original;
  const auto turned = [](Triangle t) {
    std::rotate(t.begin(), std::min_element(t.begin(), t.end()), t.end());
    return t;
  };
  for (const Triangle& t : mesh.triangles) original.insert(turned(t));
  for (const auto& [a, b, c] : order.triangles) {
    const auto old = [&](int32_t v) { return static_cast<int32_t>(order.vertices[static_cast<size_t>(v)]); };
    EXPECT_EQ(original.erase(turned({old(a), old(b), old(c)})), 1u);
  }
  EXPECT_TRUE(original.empty());
  for (uint32_t v = 0; v < mesh.vertexCount(); ++v) EXPECT_EQ(order.newNumbers[order.vertices[v]], v);
  EXPECT_EQ(order.sorted(std::span<const Position>(mesh.positions))[7], mesh.positions[order.vertices[7]]);
}

TEST(DrawOrder, BringsNeighboursTogether) {
  const Mesh mesh = icosphere(5, 50);
  const auto spreadOf = [](const std::vector<Triangle>& triangles) {
    double sum = 0;
    for (const auto& [a, b, c] : triangles) sum += std::max({a, b, c}) - std::min({a, b, c});
    return sum / static_cast<double>(triangles.size());
  };
  EXPECT_LT(spreadOf(drawOrder(mesh).triangles), spreadOf(mesh.triangles) / 10);
}

TEST(Flat, KeepsNumbersAndTheTrianglesThatArePresent) {
  const Mesh sheet = grid(3);
  FreesurferPatch patch;
  for (const int32_t v : {0, 1, 3, 4, 8}) {
    patch.vertices.push_back(v);
    patch.positions.push_back({static_cast<float>(v), 1, 0});
  }
  const Mesh flat = flatMesh(patch, sheet.triangles, 9);
  EXPECT_EQ(flat.vertexCount(), 9u);
  EXPECT_THAT(flat.triangles, ::testing::ElementsAre(Triangle{0, 1, 3}, Triangle{1, 4, 3}));
  const FlatPatch small = compact(flat);
  EXPECT_THAT(small.vertices, ::testing::ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(small.mesh.triangles, ::testing::ElementsAre(Triangle{0, 1, 2}, Triangle{1, 3, 2}));
  EXPECT_EQ(small.mesh.positions[3], (Position{4, 1, 0}));
  patch.vertices[0] = 9;
  EXPECT_THAT(errorOf([&] { static_cast<void>(flatMesh(patch, sheet.triangles, 9)); }).why,
              ::testing::HasSubstr("vertex 9"));
}
