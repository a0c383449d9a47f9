#include "core/surface/levels.h"

#include <algorithm>

#include "tests/surface/small_meshes.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;

namespace {

/// Each triangle from its lowest vertex on, all sorted: equal for equal surfaces of equal orientation.
std::vector<Triangle> canonical(std::vector<Triangle> triangles) {
  for (Triangle& t : triangles) std::rotate(t.begin(), std::min_element(t.begin(), t.end()), t.end());
  std::sort(triangles.begin(), triangles.end());
  return triangles;
}

}  // namespace

TEST(Levels, HaveFreesurfersVertexCounts) {
  EXPECT_EQ(vertexCountOf(SurfaceLevel::Fsaverage3), 642u);
  EXPECT_EQ(vertexCountOf(SurfaceLevel::Fsaverage4), 2562u);
  EXPECT_EQ(vertexCountOf(SurfaceLevel::Fsaverage5), 10242u);
  EXPECT_EQ(vertexCountOf(SurfaceLevel::Fsaverage6), 40962u);
  EXPECT_EQ(vertexCountOf(SurfaceLevel::Fsaverage), 163842u);
  for (const SurfaceLevel level : kSurfaceLevels) EXPECT_EQ(levelOf(vertexCountOf(level)), level);
  EXPECT_EQ(levelOf(10243), std::nullopt);
}

TEST(Levels, NamesReadBack) {
  for (const SurfaceLevel level : kSurfaceLevels) EXPECT_EQ(parseSurfaceLevel(toString(level), "test"), level);
  EXPECT_EQ(parseSurfaceLevel("fsaverage7", "test"), SurfaceLevel::Fsaverage);
  EXPECT_THAT(errorOf([] { static_cast<void>(parseSurfaceLevel("fsaverage8", "plan.json")); }).where, "plan.json");
}

TEST(Levels, CoarserTrianglesUndoSplitting) {
  for (int splits = 1; splits <= 4; ++splits) {
    const Mesh fine = icosphere(splits, 100);
    const Mesh coarse = icosphere(splits - 1, 100);
    EXPECT_EQ(canonical(coarserTriangles(fine.triangles, fine.vertexCount())), canonical(coarse.triangles));
  }
}

TEST(Levels, CoarserTrianglesDoNotDependOnTheOrderOfTheFiner) {
  const Mesh fine = icosphere(3, 100);
  auto turned = fine.triangles;
  std::reverse(turned.begin(), turned.end());
  for (Triangle& t : turned) std::rotate(t.begin(), t.begin() + 1, t.end());
  EXPECT_EQ(canonical(coarserTriangles(turned, fine.vertexCount())), canonical(icosphere(2, 100).triangles));
}

TEST(Levels, ASurfaceIsCutDownToALevel) {
  const Mesh level4 = icosphere(4, 100);
  const Mesh level3 = atLevel(level4, SurfaceLevel::Fsaverage3);
  EXPECT_EQ(level3.positions, icosphere(3, 100).positions);
  EXPECT_EQ(canonical(level3.triangles), canonical(icosphere(3, 100).triangles));
}

TEST(Levels, APieceKeepsOnlyTrianglesThatAreWhole) {
  const Mesh fine = icosphere(2, 100);
  const Mesh coarse = icosphere(1, 100);
  EXPECT_EQ(canonical(coarserPart(fine.triangles, fine.triangles, 162)), canonical(coarse.triangles));
  // icosphere() puts the four parts of triangle 5 at 20 to 23.
  for (size_t missing = 20; missing < 24; ++missing) {
    auto part = fine.triangles;
    part.erase(part.begin() + static_cast<ptrdiff_t>(missing));
    auto expected = coarse.triangles;
    expected.erase(expected.begin() + 5);
    EXPECT_EQ(canonical(coarserPart(part, fine.triangles, 162)), canonical(expected));
  }
  EXPECT_TRUE(coarserPart({}, fine.triangles, 162).empty());
}

TEST(Levels, OtherMeshesAreRefused) {
  const Mesh fine = icosphere(3, 100);
  auto swapped = fine.triangles;
  for (Triangle& t : swapped)
    for (int32_t& v : t) v = v == 0 ? 641 : v == 641 ? 0 : v;
  EXPECT_FALSE(errorOf([&] { static_cast<void>(coarserTriangles(swapped, 642)); }).why.empty());
  auto missing = fine.triangles;
  missing.pop_back();
  EXPECT_FALSE(errorOf([&] { static_cast<void>(coarserTriangles(missing, 642)); }).why.empty());
  auto repeated = fine.triangles;
  repeated.back() = repeated.front();
  EXPECT_FALSE(errorOf([&] { static_cast<void>(coarserTriangles(repeated, 642)); }).why.empty());
  EXPECT_FALSE(errorOf([&] { static_cast<void>(atLevel(icosphere(2, 1), SurfaceLevel::Fsaverage3)); }).why.empty());
  EXPECT_FALSE(errorOf([&] { static_cast<void>(atLevel(fine, SurfaceLevel::Fsaverage4)); }).why.empty());
}
