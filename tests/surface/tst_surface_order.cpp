#include "core/surface/surface_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/random.h"
#include "tests/surface/small_meshes.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

std::vector<Position> cap(float lowest) {
  std::vector<Position> positions;
  for (const Position& p : testing::icosphere(4, 100).positions)
    if (p[0] + 0.5F * p[1] > lowest) positions.push_back(p);
  return positions;
}

double meanStep(const std::vector<Position>& positions, const std::vector<uint32_t>& order) {
  double sum = 0;
  for (size_t i = 1; i < order.size(); ++i) {
    const Position &a = positions[order[i - 1]], &b = positions[order[i]];
    sum += std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  }
  return sum / static_cast<double>(order.size() - 1);
}

TEST(SurfaceOrder, GoesFromNeighbourToNeighbour) {
  for (const float lowest : {60.0F, 0.0F, -1000.0F}) {  // a small ROI, half the sphere, all of it
    const std::vector<Position> positions = cap(lowest);
    const std::vector<uint32_t> order = orderAlongSurface(positions);
    std::vector<uint32_t> sorted = order, all(positions.size());
    std::ranges::sort(sorted);
    std::iota(all.begin(), all.end(), 0U);
    ASSERT_EQ(sorted, all);
    // 2,562 vertices on a sphere of 100 mm are 7.5 mm apart; a Hilbert curve over points that lie anyhow makes some
    // steps to second neighbours. Their numbers jump about.
    EXPECT_LT(meanStep(positions, order), 1.4 * 7.5) << lowest;
    EXPECT_GT(meanStep(positions, all), 2.4 * 7.5) << lowest;
  }
}

TEST(SurfaceOrder, IsOfPlacesNotOfNumbers) {
  std::vector<Position> positions = cap(60), shuffled = positions;
  Philox random(5);
  random.shuffle(std::span(shuffled));
  const auto order = orderAlongSurface(positions), other = orderAlongSurface(shuffled);
  for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(positions[order[i]], shuffled[other[i]]) << i;
}

TEST(SurfaceOrder, OneVertexNoneOrSeveralInOnePlace) {
  EXPECT_TRUE(orderAlongSurface({}).empty());
  const std::vector<Position> same(3, Position{0, 0, 100});
  EXPECT_EQ(orderAlongSurface(same), (std::vector<uint32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace corticast
