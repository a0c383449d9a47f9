#include "tests/surface/small_meshes.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace corticast::testing {
namespace {

void pushOnSphere(Mesh& mesh, std::array<double, 3> p, double radius) {
  const double length = std::sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
  Position& position = mesh.positions.emplace_back();
  for (size_t i = 0; i < 3; ++i) position[i] = static_cast<float>(p[i] / length * radius);
}

Mesh split(const Mesh& mesh, double radius) {
  Mesh finer{.positions = mesh.positions, .triangles = {}};
  std::map<std::pair<int32_t, int32_t>, int32_t> middles;
  const auto middle = [&](int32_t a, int32_t b) {
    const auto [found, isNew] = middles.emplace(std::minmax(a, b), static_cast<int32_t>(finer.positions.size()));
    if (isNew) {
      const auto& p = mesh.positions[static_cast<size_t>(a)];
      const auto& q = mesh.positions[static_cast<size_t>(b)];
      pushOnSphere(finer, {double{p[0]} + q[0], double{p[1]} + q[1], double{p[2]} + q[2]}, radius);
    }
    return found->second;
  };
  for (const auto& [a, b, c] : mesh.triangles) {
    const int32_t ab = middle(a, b);
    const int32_t bc = middle(b, c);
    const int32_t ca = middle(c, a);
    for (const Triangle& part : {Triangle{a, ab, ca}, {ab, b, bc}, {ca, bc, c}, {ab, bc, ca}})
      finer.triangles.push_back(part);
  }
  return finer;
}

}  // namespace

Mesh tetrahedron() {
  return {.positions = {{1, 1, 1}, {1, -1, -1}, {-1, 1, -1}, {-1, -1, 1}},
          .triangles = {{0, 1, 2}, {0, 3, 1}, {0, 2, 3}, {1, 3, 2}}};
}

Mesh icosphere(int splits, double radius) {
  const double g = (1 + std::sqrt(5.0)) / 2;
  Mesh mesh;
  for (const auto& p : std::initializer_list<std::array<double, 3>>{{-1, g, 0},
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
    pushOnSphere(mesh, p, radius);
  mesh.triangles = {{0, 11, 5},  {0, 5, 1},  {0, 1, 7},  {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4},
                    {11, 10, 2}, {10, 7, 6}, {7, 1, 8},  {3, 9, 4},  {3, 4, 2},   {3, 2, 6}, {3, 6, 8},
                    {3, 8, 9},   {4, 9, 5},  {2, 4, 11}, {6, 2, 10}, {8, 6, 7},   {9, 8, 1}};
  for (int i = 0; i < splits; ++i) mesh = split(mesh, radius);
  return mesh;
}

Mesh grid(int size) {
  Mesh mesh;
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) mesh.positions.push_back({static_cast<float>(x), static_cast<float>(y), 0});
  for (int y = 0; y + 1 < size; ++y)
    for (int x = 0; x + 1 < size; ++x) {
      const int32_t a = y * size + x;
      mesh.triangles.push_back({a, a + 1, a + size});
      mesh.triangles.push_back({a + 1, a + size + 1, a + size});
    }
  return mesh;
}

}  // namespace corticast::testing
