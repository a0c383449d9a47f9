#include "core/surface/geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {
namespace {

using Vector = std::array<double, 3>;

/// Twice the triangle's area, along its normal. In double: fsaverage has slivers whose float cross product is 0.
Vector crossOf(const Mesh& mesh, const Triangle& triangle) {
  const auto& a = mesh.positions[static_cast<size_t>(triangle[0])];
  const auto& b = mesh.positions[static_cast<size_t>(triangle[1])];
  const auto& c = mesh.positions[static_cast<size_t>(triangle[2])];
  Vector u{};
  Vector v{};
  for (size_t i = 0; i < 3; ++i) {
    u[i] = static_cast<double>(b[i]) - a[i];
    v[i] = static_cast<double>(c[i]) - a[i];
  }
  return {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
}

double lengthOf(const Vector& v) {
  return std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

}  // namespace

std::vector<float> triangleAreas(const Mesh& mesh) {
  std::vector<float> areas;
  areas.reserve(mesh.triangles.size());
  for (const Triangle& triangle : mesh.triangles)
    areas.push_back(static_cast<float>(lengthOf(crossOf(mesh, triangle)) / 2));
  return areas;
}

std::vector<float> vertexAreas(const Mesh& mesh) {
  std::vector<double> sums(mesh.vertexCount(), 0.0);
  for (const Triangle& triangle : mesh.triangles) {
    const double third = lengthOf(crossOf(mesh, triangle)) / 6;
    for (const int32_t vertex : triangle) sums[static_cast<size_t>(vertex)] += third;
  }
  return {sums.begin(), sums.end()};
}

double surfaceArea(const Mesh& mesh) {
  double area = 0;
  for (const Triangle& triangle : mesh.triangles) area += lengthOf(crossOf(mesh, triangle)) / 2;
  return area;
}

std::vector<Position> vertexNormals(const Mesh& mesh) {
  std::vector<Vector> sums(mesh.vertexCount(), Vector{});
  for (const Triangle& triangle : mesh.triangles) {
    const Vector cross = crossOf(mesh, triangle);
    for (const int32_t vertex : triangle)
      for (size_t i = 0; i < 3; ++i) sums[static_cast<size_t>(vertex)][i] += cross[i];
  }
  std::vector<Position> normals(mesh.vertexCount(), Position{});
  for (size_t v = 0; v < normals.size(); ++v)
    if (const double length = lengthOf(sums[v]); length > 0)
      for (size_t i = 0; i < 3; ++i) normals[v][i] = static_cast<float>(sums[v][i] / length);
  return normals;
}

Bounds boundsOf(const Mesh& mesh) {
  if (mesh.triangles.empty()) return {};
  constexpr float kFar = std::numeric_limits<float>::max();
  Bounds bounds{{kFar, kFar, kFar}, {-kFar, -kFar, -kFar}};
  for (const Triangle& triangle : mesh.triangles)
    for (const int32_t vertex : triangle)
      for (size_t i = 0; i < 3; ++i) {
        const float coordinate = mesh.positions[static_cast<size_t>(vertex)][i];
        bounds.low[i] = std::min(bounds.low[i], coordinate);
        bounds.high[i] = std::max(bounds.high[i], coordinate);
      }
  return bounds;
}

}  // namespace corticast
