#include "core/surface/surface_order.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace corticast {
namespace {

using Vector = std::array<double, 3>;
using Point = std::array<double, 2>;

double dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vector unit(const Vector& a) {
  const double length = std::sqrt(dot(a, a));
  return length > 0 ? Vector{a[0] / length, a[1] / length, a[2] / length} : Vector{0, 0, 1};
}

std::vector<Point> laidFlat(std::span<const Position> onSphere) {
  std::vector<Vector> directions;
  Vector sum{};
  for (const Position& p : onSphere) {
    directions.push_back(unit({p[0], p[1], p[2]}));
    for (size_t i = 0; i < 3; ++i) sum[i] += directions.back()[i];
  }
  const Vector middle = unit(sum);
  const Vector aside = std::abs(middle[0]) < 0.9 ? Vector{1, 0, 0} : Vector{0, 1, 0};
  const Vector right = unit(cross(aside, middle)), up = cross(middle, right);
  std::vector<Point> points;
  for (const Vector& d : directions) {
    const Vector axis = cross(middle, d);
    const double sine = std::sqrt(dot(axis, axis)), angle = std::atan2(sine, dot(middle, d));
    const double stretch = sine > 0 ? angle / sine : 1;
    points.push_back({stretch * dot(d, right), stretch * dot(d, up)});
  }
  return points;
}

/// Where the cell (x, y) of a grid of 2^bits x 2^bits comes on the curve.
uint64_t placeOnHilbertCurve(uint32_t x, uint32_t y, int bits) {
  uint64_t place = 0;
  for (uint32_t side = uint32_t{1} << (bits - 1); side > 0; side /= 2) {
    const uint32_t isRight = (x & side) > 0, isUpper = (y & side) > 0;
    place += uint64_t{side} * side * ((3 * isRight) ^ isUpper);
    if (isUpper != 0) continue;
    if (isRight != 0) {
      x = side - 1 - (x & (side - 1));
      y = side - 1 - (y & (side - 1));
    }
    std::swap(x, y);
  }
  return place;
}

}  // namespace

std::vector<uint32_t> orderAlongSurface(std::span<const Position> onSphere) {
  constexpr int kBits = 16;
  const std::vector<Point> points = laidFlat(onSphere);
  Point low{1e9, 1e9};
  double extent = 0;
  for (const Point& p : points)
    for (size_t i = 0; i < 2; ++i) low[i] = std::min(low[i], p[i]);
  for (const Point& p : points)
    for (size_t i = 0; i < 2; ++i) extent = std::max(extent, p[i] - low[i]);
  const double scale = extent > 0 ? ((1 << kBits) - 1) / extent : 0;
  std::vector<uint64_t> places;
  for (const Point& p : points)
    places.push_back(placeOnHilbertCurve(static_cast<uint32_t>((p[0] - low[0]) * scale),
                                         static_cast<uint32_t>((p[1] - low[1]) * scale), kBits));
  std::vector<uint32_t> order(onSphere.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](uint32_t vertex) { return places[vertex]; });
  return order;
}

}  // namespace corticast
