#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <queue>
#include <set>

#include "core/base/random.h"
#include "core/demo/internal/regions.h"
#include "core/surface/geometry.h"

namespace corticast::demo {

namespace {

using Centre = std::array<double, 3>;

/// One hemisphere's surface, half way between white and pial.
struct Sheet {
  Mesh mesh;
  const Neighbours* neighbours = nullptr;
  const std::vector<bool>* isCortex = nullptr;
  std::vector<float> areas;
  double side = 1;  ///< sign of x
};

Sheet makeSheet(const Template& surface, Hemisphere hemisphere) {
  Sheet sheet;
  sheet.mesh = surface.mesh(hemisphere, SurfaceKind::White);
  const Mesh& pial = surface.mesh(hemisphere, SurfaceKind::Pial);
  for (size_t v = 0; v < sheet.mesh.vertexCount(); ++v)
    for (size_t axis = 0; axis < 3; ++axis)
      sheet.mesh.positions[v][axis] = 0.5F * (sheet.mesh.positions[v][axis] + pial.positions[v][axis]);
  sheet.neighbours = &surface.neighbours(hemisphere);
  sheet.isCortex = &surface.isCortex(hemisphere);
  sheet.areas = vertexAreas(sheet.mesh);
  sheet.side = hemisphere == Hemisphere::Left ? -1 : 1;
  return sheet;
}

double distance(const Position& a, const Position& b) {
  return std::hypot(double{a[0]} - b[0], double{a[1]} - b[1], double{a[2]} - b[2]);
}

uint32_t nearestVertex(const Sheet& sheet, const Centre& centre) {
  const Position target{static_cast<float>(sheet.side * centre[0]), static_cast<float>(centre[1]),
                        static_cast<float>(centre[2])};
  uint32_t best = 0;
  double smallest = std::numeric_limits<double>::infinity();
  for (uint32_t v = 0; v < sheet.mesh.vertexCount(); ++v) {
    const double d = distance(sheet.mesh.positions[v], target);
    if (d < smallest && (*sheet.isCortex)[v]) {
      smallest = d;
      best = v;
    }
  }
  return best;
}

/// Shortest way along edges from any of `seeds` to each vertex, mm (Dijkstra).
std::vector<double> distancesFrom(const Sheet& sheet, const std::vector<uint32_t>& seeds) {
  std::vector<double> distances(sheet.mesh.vertexCount(), std::numeric_limits<double>::infinity());
  using Entry = std::pair<double, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  for (const uint32_t seed : seeds) {
    distances[seed] = 0;
    open.emplace(0, seed);
  }
  while (!open.empty()) {
    const auto [reached, vertex] = open.top();
    open.pop();
    if (reached > distances[vertex]) continue;
    for (const uint32_t next : sheet.neighbours->of(vertex)) {
      const double d = reached + distance(sheet.mesh.positions[vertex], sheet.mesh.positions[next]);
      if (d >= distances[next]) continue;
      distances[next] = d;
      open.emplace(d, next);
    }
  }
  return distances;
}

std::vector<uint32_t> ascending(const std::vector<double>& values) {
  std::vector<uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return values[a] < values[b]; });
  return order;
}

struct Anchor {
  Centre centre;
  double reach;  ///< mm, relative to the other anchors
};

/// As many vertices of the challenge as published on fsaverage, and as large a share of a coarser template.
size_t columnCount(size_t vertexCount, Hemisphere hemisphere, int subject) {
  const bool isLeft = hemisphere == Hemisphere::Left;
  double full = isLeft ? 19004 : 20544;
  if (subject == 6) full = isLeft ? 18978 : 20220;
  if (subject == 8) full = isLeft ? 18981 : 20530;
  return static_cast<size_t>(std::lround(full * static_cast<double>(vertexCount) / 163842.0));
}

std::vector<uint32_t> challengeVertices(const Sheet& sheet, Hemisphere hemisphere, int subject) {
  std::vector<Anchor> anchors{{{10, -88, 2}, 45},   {{28, -70, -14}, 34}, {{36, -46, -20}, 24}, {{28, -46, -8}, 20},
                              {{46, -72, 4}, 34},   {{26, -78, 26}, 28},  {{25, -66, 46}, 25},  {{16, -56, 12}, 16},
                              {{40, -78, -11}, 24}, {{38, -30, -24}, 7.5}};
  if (hemisphere == Hemisphere::Right) anchors.push_back({{34, -8, -36}, 7.5});
  std::vector<double> score(sheet.mesh.vertexCount(), std::numeric_limits<double>::infinity());
  for (const Anchor& anchor : anchors) {
    const auto distances = distancesFrom(sheet, {nearestVertex(sheet, anchor.centre)});
    for (size_t v = 0; v < score.size(); ++v)
      if ((*sheet.isCortex)[v]) score[v] = std::min(score[v], distances[v] / anchor.reach);
  }
  std::vector<uint32_t> vertices = ascending(score);
  vertices.resize(columnCount(score.size(), hemisphere, subject));
  std::sort(vertices.begin(), vertices.end());
  return vertices;
}

bool mayBeAbsent(const Region& region) {
  return region.name.starts_with("mTL") || region.name == "aTL-faces" || region.name == "FBA-1";
}

/// For each vertex its distance to a region over the region's own reach: up to 1 inside.
std::vector<double> relativeDistances(const Sheet& sheet, const Region& region, Philox& random) {
  std::vector<uint32_t> seeds;
  const bool isRegion = region.roiClass != "streams";
  Centre shift{};
  for (double& axis : shift) axis = isRegion ? 1.5 * random.normal() : 0;
  for (Centre centre : region.centres) {
    for (size_t axis = 0; axis < 3; ++axis) centre[axis] += shift[axis];
    seeds.push_back(nearestVertex(sheet, centre));
  }
  std::vector<double> distances = distancesFrom(sheet, seeds);
  const double wanted = region.area * (sheet.side < 0 ? region.leftFactor : 1) * random.uniform(0.85, 1.15);
  double reached = 0;
  double reach = 1;
  for (const uint32_t vertex : ascending(distances)) {
    reached += sheet.areas[vertex];
    reach = std::max(reach, distances[vertex]);
    if (reached >= wanted) break;
  }
  for (double& d : distances) d /= reach;
  return distances;
}

/// Labels of the columns: the region whose relative distance is smallest, where it is up to 1.
void labelColumns(const Sheet& sheet, Layout& layout, int subject, uint64_t seed) {
  std::map<std::string, std::vector<double>> best;
  for (const Region& region : regions()) {
    std::vector<int64_t>& labels = layout.labels[region.roiClass];
    std::vector<double>& smallest = best[region.roiClass];
    labels.resize(layout.vertices.size());
    smallest.resize(layout.vertices.size(), 1);
    Philox random(seed, streamOf(region.name + toString(layout.hemisphere)) + static_cast<uint64_t>(subject));
    if (mayBeAbsent(region) && random.uniform() < 0.25) continue;
    const std::vector<double> distances = relativeDistances(sheet, region, random);
    for (size_t column = 0; column < labels.size(); ++column) {
      const double d = distances[layout.vertices[column]];
      if (d > smallest[column]) continue;
      smallest[column] = d;
      labels[column] = region.label;
    }
  }
}

/// Distances to the columns with a label of prf-visualrois.
std::vector<double> distancesToArea(const Sheet& sheet, const Layout& layout, int64_t label) {
  const auto& labels = layout.labels.at("prf-visualrois");
  std::vector<uint32_t> seeds;
  for (size_t column = 0; column < labels.size(); ++column)
    if (labels[column] == label) seeds.push_back(layout.vertices[column]);
  return distancesFrom(sheet, seeds);
}

/// Areas on either side of a visual area, by label, and whether its polar angle runs from the horizontal meridian
/// (V1 and V3, seen from the area nearer to V1) or from the vertical one (V2).
struct AreaBorders {
  int64_t previous;
  int64_t next;
  bool startsHorizontal;
};

AreaBorders bordersOf(int64_t label) {
  constexpr std::array<AreaBorders, 8> borders{{{0, 0, true},
                                                {2, 3, true},
                                                {1, 4, true},
                                                {1, 5, false},
                                                {2, 6, false},
                                                {3, 7, true},
                                                {4, 0, true},
                                                {5, 0, false}}};
  return borders[static_cast<size_t>(label)];
}

void setField(Layout& layout, size_t column, double eccentricity, double elevation, double sigma) {
  const double side = layout.hemisphere == Hemisphere::Left ? 1 : -1;  // the opposite half of the picture
  layout.fields(column, 0) = static_cast<float>(0.5 + side * 0.5 * eccentricity * std::cos(elevation));
  layout.fields(column, 1) = static_cast<float>(0.5 - 0.5 * eccentricity * std::sin(elevation));
  layout.fields(column, 2) = static_cast<float>(sigma);
}

/// Receptive fields: eccentricity grows from the occipital pole forward; in V1 to hV4 the polar angle turns from one
/// border of the area to the other, ventral areas see the upper field.
void placeFields(const Sheet& sheet, Layout& layout) {
  constexpr std::array sizes{0.28, 0.06, 0.06, 0.08, 0.08, 0.11, 0.11, 0.16};
  std::map<int64_t, std::vector<double>> distances;
  for (int64_t label = 1; label <= 7; ++label) distances[label] = distancesToArea(sheet, layout, label);
  const auto& labels = layout.labels.at("prf-visualrois");
  layout.fields = Matrix<float>(labels.size(), 3);
  for (size_t column = 0; column < labels.size(); ++column) {
    const uint32_t vertex = layout.vertices[column];
    const Position& position = sheet.mesh.positions[vertex];
    const double eccentricity = std::clamp((position[1] + 102.0) / 38.0, 0.05, 1.0);
    const int64_t label = labels[column];
    const double sigma = sizes[static_cast<size_t>(label)] * (0.6 + 0.8 * eccentricity);
    if (label == 0) {
      setField(layout, column, 0.5, position[2] > 0 ? -0.5 : 0.5, sigma);
      continue;
    }
    const AreaBorders borders = bordersOf(label);
    const double before = distances[borders.previous][vertex];
    const double after = borders.next ? distances[borders.next][vertex] : std::max(1.0, 20 - before);
    double share = before / (before + after);
    if (!std::isfinite(share)) share = 0.5;
    if (!borders.startsHorizontal) share = 1 - share;
    const bool isDorsal = label == 2 || label == 4 || label == 6;
    setField(layout, column, eccentricity, (isDorsal ? -1 : 1) * share * std::numbers::pi / 2, sigma);
  }
}

void linkColumns(const Sheet& sheet, Layout& layout) {
  std::vector<uint32_t> columnOf(sheet.mesh.vertexCount(), UINT32_MAX);
  for (uint32_t column = 0; column < layout.vertices.size(); ++column) columnOf[layout.vertices[column]] = column;
  double length = 0;
  layout.neighbours.offsets.push_back(0);
  for (const uint32_t vertex : layout.vertices) {
    for (const uint32_t next : sheet.neighbours->of(vertex)) {
      if (columnOf[next] == UINT32_MAX) continue;
      layout.neighbours.vertices.push_back(columnOf[next]);
      length += distance(sheet.mesh.positions[vertex], sheet.mesh.positions[next]);
    }
    layout.neighbours.offsets.push_back(static_cast<uint32_t>(layout.neighbours.vertices.size()));
  }
  layout.spacing = length / static_cast<double>(layout.neighbours.vertices.size());
}

}  // namespace

Layout makeLayout(const Template& surface, Hemisphere hemisphere, int subject, uint64_t seed) {
  const Sheet sheet = makeSheet(surface, hemisphere);
  Layout layout;
  layout.hemisphere = hemisphere;
  layout.vertices = challengeVertices(sheet, hemisphere, subject);
  labelColumns(sheet, layout, subject, seed);
  placeFields(sheet, layout);
  linkColumns(sheet, layout);
  return layout;
}

}  // namespace corticast::demo
