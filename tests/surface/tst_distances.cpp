#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/random.h"
#include "core/surface/geodesic.h"
#include "core/surface/geometry.h"
#include "core/surface/smoothing.h"
#include "tests/surface/small_meshes.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;

namespace {

double greatCircle(const Mesh& mesh, size_t a, size_t b, double radius) {
  double dot = 0;
  for (size_t i = 0; i < 3; ++i) dot += double{mesh.positions[a][i]} * mesh.positions[b][i];
  return radius * std::acos(std::clamp(dot / (radius * radius), -1.0, 1.0));
}

std::vector<float> noise(size_t count) {
  Philox random(7);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

double weightedMean(const Mesh& mesh, const std::vector<float>& values) {
  const auto areas = vertexAreas(mesh);
  double sum = 0;
  for (size_t v = 0; v < values.size(); ++v) sum += double{areas[v]} * values[v];
  return sum / std::accumulate(areas.begin(), areas.end(), 0.0);
}

}  // namespace

TEST(Geodesic, FollowsGreatCircles) {
  const Mesh mesh = icosphere(5, 100);
  const auto distances = GeodesicSearch(mesh, neighboursOf(mesh)).distances({{3}});
  for (size_t v = 0; v < distances.size(); ++v) {
    const double exact = greatCircle(mesh, 3, v, 100);
    // Chords are shorter than arcs by 2e-4 at this level; ways bound to edges are up to a quarter longer.
    EXPECT_GE(distances[v] + 0.05, exact * 0.9995) << "acos is that coarse near 1";
    EXPECT_LE(distances[v], exact * 1.25);
  }
}

TEST(Geodesic, OnASquareGridIsKnown) {
  const Mesh mesh = grid(6);
  const GeodesicSearch search(mesh, neighboursOf(mesh));
  const auto distances = search.distances({{0}});
  EXPECT_FLOAT_EQ(distances[5], 5);
  EXPECT_FLOAT_EQ(distances[35], 10) << "the diagonals run the other way";
  EXPECT_NEAR(search.distances({{5}})[30], 5 * std::sqrt(2.0), 1e-5);
}

TEST(Geodesic, CutOffSeedsAndOrder) {
  const Mesh mesh = icosphere(4, 100);
  const GeodesicSearch search(mesh, neighboursOf(mesh));
  const auto all = search.distances({{3, 9}});
  const auto one = search.distances({{3}});
  const auto other = search.distances({{9}});
  for (size_t v = 0; v < all.size(); ++v) EXPECT_EQ(all[v], std::min(one[v], other[v]));
  const auto disc = search.within({{3}}, 20);
  EXPECT_EQ(disc.front().vertex, 3u);
  EXPECT_EQ(disc.size(), static_cast<size_t>(std::count_if(one.begin(), one.end(), [](float d) { return d <= 20; })));
  for (size_t i = 1; i < disc.size(); ++i) EXPECT_LE(disc[i - 1].distanceMm, disc[i].distanceMm);
  EXPECT_EQ(search.within({{3}}, 0).size(), 1u);
  EXPECT_TRUE(search.within({}, 20).empty());
  EXPECT_THAT(errorOf([&] { static_cast<void>(search.within({{2562}}, 1)); }).where, ::testing::HasSubstr("2562"));
}

TEST(Geodesic, OtherPartsAreOutOfReach) {
  Mesh mesh = tetrahedron();
  mesh.positions.push_back({5, 5, 5});
  EXPECT_TRUE(std::isinf(GeodesicSearch(mesh, neighboursOf(mesh)).distances({{0}})[4]));
}

TEST(Smoothing, KeepsConstantMapsAndTheMean) {
  const Mesh mesh = icosphere(4, 50);
  const auto neighbours = neighboursOf(mesh);
  const std::vector<float> constant(mesh.vertexCount(), 3.5f);
  for (const float value : smoothByNeighbours(neighbours, constant, 5)) EXPECT_FLOAT_EQ(value, 3.5f);
  for (const float value : smoothByHeat(mesh, neighbours, constant, 10)) EXPECT_NEAR(value, 3.5f, 1e-5);
  const auto values = noise(mesh.vertexCount());
  EXPECT_NEAR(weightedMean(mesh, smoothByHeat(mesh, neighbours, values, 10)), weightedMean(mesh, values), 1e-6);
}

TEST(Smoothing, OneNeighbourStepByHand) {
  std::vector<float> values(9, 0.0f);
  values[4] = 7;
  // The middle of the 3 x 3 grid has 6 neighbours; corner 0 is none of them.
  const auto smooth = smoothByNeighbours(neighboursOf(grid(3)), values, 1);
  EXPECT_FLOAT_EQ(smooth[4], 1);
  EXPECT_FLOAT_EQ(smooth[0], 0);
  EXPECT_FLOAT_EQ(smooth[1], 7.0f / 5);
}

TEST(Smoothing, MakesAGaussianOfTheAskedWidth) {
  const Mesh mesh = icosphere(5, 50);
  const auto neighbours = neighboursOf(mesh);
  std::vector<float> peak(mesh.vertexCount(), 0.0f);
  peak[700] = 1;
  const auto smooth = smoothByHeat(mesh, neighbours, peak, 12);
  const double sigma = 12 / 2.354820045;
  for (size_t v = 0; v < smooth.size(); ++v) {
    const double r = greatCircle(mesh, 700, v, 50);
    // What is left is the sphere's curvature and the mesh: edges of 2 mm against a sigma of 5.
    EXPECT_NEAR(smooth[v] / smooth[700], std::exp(-r * r / (2 * sigma * sigma)), 0.03) << r;
  }
}

TEST(Smoothing, TheEstimateFindsTheWidthAgain) {
  const Mesh mesh = icosphere(5, 50);
  const auto neighbours = neighboursOf(mesh);
  const auto values = noise(mesh.vertexCount());
  EXPECT_LT(estimateFwhm(mesh, neighbours, values), 1.5);
  for (const float fwhm : {6.0f, 10.0f, 15.0f})
    EXPECT_NEAR(estimateFwhm(mesh, neighbours, smoothByHeat(mesh, neighbours, values, fwhm)), fwhm, 0.2 * fwhm);
  EXPECT_TRUE(std::isnan(estimateFwhm(mesh, neighbours, std::vector<float>(mesh.vertexCount(), 1.0f))));
}

TEST(Smoothing, AbsentVerticesStayAndGiveNothing) {
  const Mesh mesh = icosphere(3, 50);
  const auto neighbours = neighboursOf(mesh);
  std::vector<float> values(mesh.vertexCount(), 2.0f);
  std::vector<bool> isInside(mesh.vertexCount(), true);
  values[40] = std::numeric_limits<float>::quiet_NaN();
  values[80] = 1000;
  isInside[80] = false;
  for (const auto& smooth :
       {smoothByNeighbours(neighbours, values, 3, isInside), smoothByHeat(mesh, neighbours, values, 8, isInside)})
    for (size_t v = 0; v < smooth.size(); ++v) {
      if (v == 40)
        EXPECT_TRUE(std::isnan(smooth[v]));
      else
        EXPECT_NEAR(smooth[v], v == 80 ? 1000.0f : 2.0f, 1e-5);
    }
  EXPECT_FALSE(
      errorOf([&] { static_cast<void>(smoothByNeighbours(neighbours, std::vector<float>(3), 1)); }).why.empty());
}
