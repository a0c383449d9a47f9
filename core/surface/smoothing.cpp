#include "core/surface/smoothing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/error.h"
#include "core/surface/geometry.h"

namespace corticast {
namespace {

// Steps of the two-stage diagonally implicit Runge-Kutta method (Alexander 1977): of second order, and damping what
// varies from vertex to vertex however long the step. Implicit Euler gave visibly peaked kernels after 16 solves.
constexpr int kHeatSteps = 5;
constexpr double kGamma = 1 - std::numbers::sqrt2 / 2;
constexpr double kResidual = 1e-7;
constexpr int kMostIterations = 2000;

void checkSizes(size_t vertexCount, size_t values, const std::vector<bool>& isInside) {
  if (values != vertexCount || (!isInside.empty() && isInside.size() != vertexCount))
    throw Error({.what = "smooth map",
                 .where = "values",
                 .why = "there are " + std::to_string(values) + " values for " + std::to_string(vertexCount) +
                        " vertices, or as many in the vertex set",
                 .remedy = "use a map of the same surface level"});
}

std::vector<bool> presentOf(std::span<const float> values, const std::vector<bool>& isInside) {
  std::vector<bool> isPresent(values.size());
  for (size_t v = 0; v < values.size(); ++v)
    isPresent[v] = std::isfinite(values[v]) && (isInside.empty() || isInside[v]);
  return isPresent;
}

/// The matrix masses + time * Laplacian of the present vertices, rows as in Neighbours.
struct HeatSystem {
  const Neighbours& neighbours;
  std::vector<double> masses;
  std::vector<double> conductances;  // one per entry of neighbours.vertices, 0 to vertices that are absent
  std::vector<double> diagonal;

  void apply(const std::vector<double>& x, std::vector<double>& result) const {
    for (size_t v = 0; v < x.size(); ++v) {
      double sum = diagonal[v] * x[v];
      for (size_t i = neighbours.offsets[v]; i < neighbours.offsets[v + 1]; ++i)
        sum -= conductances[i] * x[neighbours.vertices[i]];
      result[v] = sum;
    }
  }
};

double cotangent(const Position& corner, const Position& p, const Position& q) {
  double dot = 0;
  double u2 = 0;
  double v2 = 0;
  for (size_t i = 0; i < 3; ++i) {
    const double u = static_cast<double>(p[i]) - corner[i];
    const double v = static_cast<double>(q[i]) - corner[i];
    dot += u * v;
    u2 += u * u;
    v2 += v * v;
  }
  const double cross = std::sqrt(std::max(0.0, u2 * v2 - dot * dot));
  return cross > 0 ? dot / cross : 0;
}

HeatSystem systemOf(const Mesh& mesh, const Neighbours& neighbours, const std::vector<bool>& isPresent, double time) {
  HeatSystem system{.neighbours = neighbours, .masses = {}, .conductances = {}, .diagonal = {}};
  system.conductances.assign(neighbours.vertices.size(), 0.0);
  const auto add = [&](int32_t from, int32_t to, double weight) {
    const auto begin = neighbours.vertices.begin() + neighbours.offsets[static_cast<size_t>(from)];
    const auto end = neighbours.vertices.begin() + neighbours.offsets[static_cast<size_t>(from) + 1];
    const auto entry = std::lower_bound(begin, end, static_cast<uint32_t>(to)) - neighbours.vertices.begin();
    system.conductances[static_cast<size_t>(entry)] += weight;
  };
  for (const Triangle& triangle : mesh.triangles)
    for (size_t i = 0; i < 3; ++i) {
      const int32_t a = triangle[(i + 1) % 3];
      const int32_t b = triangle[(i + 2) % 3];
      if (!isPresent[static_cast<size_t>(a)] || !isPresent[static_cast<size_t>(b)]) continue;
      const double weight =
          0.5 * cotangent(mesh.positions[static_cast<size_t>(triangle[i])], mesh.positions[static_cast<size_t>(a)],
                          mesh.positions[static_cast<size_t>(b)]);
      add(a, b, weight);
      add(b, a, weight);
    }
  const auto areas = vertexAreas(mesh);
  system.masses.assign(areas.begin(), areas.end());
  system.diagonal.resize(areas.size());
  for (size_t v = 0; v < areas.size(); ++v) {
    // A vertex without area would make the matrix singular; it then simply follows its neighbours.
    system.masses[v] = std::max(system.masses[v], 1e-6);
    double sum = system.masses[v];
    for (size_t i = neighbours.offsets[v]; i < neighbours.offsets[v + 1]; ++i) {
      system.conductances[i] = std::max(0.0, system.conductances[i]) * time;
      sum += system.conductances[i];
    }
    system.diagonal[v] = sum;
  }
  return system;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Conjugate gradients with the diagonal as preconditioner, from `x` as first guess.
void solve(const HeatSystem& system, const std::vector<double>& right, std::vector<double>& x) {
  std::vector<double> residual(x.size());
  system.apply(x, residual);
  for (size_t i = 0; i < x.size(); ++i) residual[i] = right[i] - residual[i];
  std::vector<double> z(x.size());
  const auto precondition = [&] {
    for (size_t i = 0; i < x.size(); ++i) z[i] = residual[i] / system.diagonal[i];
  };
  precondition();
  std::vector<double> direction = z;
  std::vector<double> applied(x.size());
  double rz = dot(residual, z);
  const double enough = kResidual * kResidual * dot(right, right);
  for (int i = 0; i < kMostIterations && dot(residual, residual) > enough; ++i) {
    system.apply(direction, applied);
    const double step = rz / dot(direction, applied);
    for (size_t k = 0; k < x.size(); ++k) {
      x[k] += step * direction[k];
      residual[k] -= step * applied[k];
    }
    precondition();
    const double next = dot(residual, z);
    for (size_t k = 0; k < x.size(); ++k) direction[k] = z[k] + next / rz * direction[k];
    rz = next;
  }
}

}  // namespace

std::vector<float> smoothByNeighbours(const Neighbours& neighbours, std::span<const float> values, int iterations,
                                      const std::vector<bool>& isInside) {
  checkSizes(neighbours.vertexCount(), values.size(), isInside);
  const auto isPresent = presentOf(values, isInside);
  std::vector<float> now(values.begin(), values.end());
  std::vector<float> next = now;
  for (int i = 0; i < iterations; ++i) {
    for (uint32_t v = 0; v < now.size(); ++v) {
      if (!isPresent[v]) continue;
      double sum = now[v];
      size_t count = 1;
      for (const uint32_t other : neighbours.of(v)) {
        if (!isPresent[other]) continue;
        sum += now[other];
        ++count;
      }
      next[v] = static_cast<float>(sum / static_cast<double>(count));
    }
    std::swap(now, next);
  }
  return now;
}

std::vector<float> smoothByHeat(const Mesh& mesh, const Neighbours& neighbours, std::span<const float> values,
                                float fwhmMm, const std::vector<bool>& isInside) {
  checkSizes(neighbours.vertexCount(), values.size(), isInside);
  std::vector<float> smooth(values.begin(), values.end());
  if (!(fwhmMm > 0)) return smooth;
  const auto isPresent = presentOf(values, isInside);
  const double time = static_cast<double>(fwhmMm) * fwhmMm / (16 * std::numbers::ln2);
  const HeatSystem system = systemOf(mesh, neighbours, isPresent, kGamma * time / kHeatSteps);
  std::vector<double> x(values.size(), 0.0);
  for (size_t v = 0; v < x.size(); ++v)
    if (isPresent[v]) x[v] = values[v];
  std::vector<double> right(x.size());
  for (int step = 0; step < kHeatSteps; ++step) {
    std::vector<double> half = x;
    for (size_t v = 0; v < x.size(); ++v) right[v] = system.masses[v] * x[v];
    solve(system, right, half);
    for (size_t v = 0; v < x.size(); ++v)
      right[v] = system.masses[v] * ((1 + std::numbers::sqrt2) * half[v] - std::numbers::sqrt2 * x[v]);
    x = std::move(half);
    solve(system, right, x);
  }
  for (size_t v = 0; v < x.size(); ++v)
    if (isPresent[v]) smooth[v] = static_cast<float>(x[v]);
  return smooth;
}

double estimateFwhm(const Mesh& mesh, const Neighbours& neighbours, std::span<const float> values,
                    const std::vector<bool>& isInside) {
  checkSizes(neighbours.vertexCount(), values.size(), isInside);
  const auto isPresent = presentOf(values, isInside);
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (size_t v = 0; v < values.size(); ++v) {
    if (!isPresent[v]) continue;
    sum += values[v];
    count += 1;
  }
  for (size_t v = 0; v < values.size(); ++v)
    if (isPresent[v]) squares += (values[v] - sum / count) * (values[v] - sum / count);
  double differences = 0;
  double lengths = 0;
  double edges = 0;
  for (uint32_t v = 0; v < values.size(); ++v) {
    if (!isPresent[v]) continue;
    for (const uint32_t other : neighbours.of(v)) {
      if (other < v || !isPresent[other]) continue;
      const double difference = static_cast<double>(values[v]) - values[other];
      const Position& p = mesh.positions[v];
      const Position& q = mesh.positions[other];
      differences += difference * difference;
      lengths += std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
      edges += 1;
    }
  }
  if (edges == 0 || count < 2 || !(squares > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double ratio = 1 - differences / edges / (2 * squares / (count - 1));
  if (ratio <= 0) return 0;
  return lengths / edges * std::sqrt(-2 * std::numbers::ln2 / std::log(ratio));
}

}  // namespace corticast
