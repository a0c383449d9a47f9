#include <QApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "app/workbench/bench/bench_rows.h"
#include "widgets/cortex/brain_view.h"
#include "widgets/cortex/cortex_surfaces.h"

namespace corticast {
namespace {

constexpr int kRepetitions = 20;
constexpr int kWidth = 1280;
constexpr int kHeight = 800;
constexpr int kPicks = 200;

/// The view of the workbench by itself, shown at the bench's size.
class Stage {
 public:
  Stage() : m_surfaces(loadSurfaces(fullResolution().get())) {
    m_view.resize(kWidth, kHeight);
    m_view.show();
    QElapsedTimer waited;
    waited.start();
    while (waited.elapsed() < 500) QApplication::processEvents(QEventLoop::AllEvents, 20);
    for (const Hemisphere h : kHemispheres) {
      m_view.scene().setGeometry(h, m_surfaces->geometry(h, SurfaceKind::Inflated));
      m_view.scene().setMap(h, waves(positions(h), 0));
    }
    m_view.scene().setColours({.colourMap = "vik"});
    m_view.setViews(viewPresets().front(), {Hemisphere::Left, Hemisphere::Right});
    while (waited.elapsed() < 1000) QApplication::processEvents(QEventLoop::AllEvents, 20);
    drawFrame();
  }

  void drawFrame() { m_view.drawNow(); }
  BrainScene& scene() { return m_view.scene(); }
  BrainView& view() { return m_view; }
  const CortexSurfaces& surfaces() const { return *m_surfaces; }
  const std::vector<Position>& positions(Hemisphere h) const {
    return m_surfaces->of(h).positions.at(SurfaceKind::Inflated);
  }

 private:
  std::shared_ptr<const CortexSurfaces> m_surfaces;
  BrainView m_view;
};

std::vector<BenchRow> benchFrames(Stage& stage) {
  BenchRow drag{.name = "frame while dragging", .target = 33};
  BenchRow rest{.name = "frame at rest", .target = 70};
  for (int i = -1; i < kRepetitions; ++i) {
    stage.scene().setInteracting(true);
    const double coarse = timed([&] { stage.drawFrame(); });
    stage.scene().setInteracting(false);
    const double whole = timed([&] { stage.drawFrame(); });
    if (i < 0) continue;
    drag.milliseconds.push_back(coarse);
    rest.milliseconds.push_back(whole);
  }
  return {drag, rest};
}

std::vector<BenchRow> benchRecolour(Stage& stage) {
  BenchRow row{.name = "new map to pixels", .target = 80};
  for (int i = -1; i < kRepetitions; ++i) {
    const std::array maps{waves(stage.positions(Hemisphere::Left), i), waves(stage.positions(Hemisphere::Right), i)};
    const double time = timed([&] {
      stage.scene().setMap(Hemisphere::Left, maps[0]);
      stage.scene().setMap(Hemisphere::Right, maps[1]);
      stage.drawFrame();
    });
    if (i >= 0) row.milliseconds.push_back(time);
  }
  return {row};
}

std::vector<BenchRow> benchThreshold(Stage& stage) {
  BenchRow drag{.name = "threshold to pixels while dragging", .target = 40};
  BenchRow rest{.name = "threshold to pixels at rest", .target = 80};
  for (int i = -1; i < kRepetitions; ++i)
    for (const bool isCoarse : {true, false}) {
      stage.scene().setInteracting(isCoarse);
      const double time = timed([&] {
        stage.scene().setColours({.colourMap = "vik", .threshold = 0.02 * (i + 1) + (isCoarse ? 0.01 : 0)});
        stage.drawFrame();
      });
      if (i >= 0) (isCoarse ? drag : rest).milliseconds.push_back(time);
    }
  return {drag, rest};
}

/// The nearest triangle of all that a ray meets, and its corner nearest to the place (Möller & Trumbore 1997).
std::optional<uint32_t> bruteForcePick(const std::vector<Position>& positions, const std::vector<Triangle>& triangles,
                                       double shift, const BrainScene::Ray& ray, double& nearest) {
  using Vector = std::array<double, 3>;
  const auto minus = [](const Vector& a, const Vector& b) { return Vector{a[0] - b[0], a[1] - b[1], a[2] - b[2]}; };
  const auto dot = [](const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; };
  const auto cross = [](const Vector& a, const Vector& b) {
    return Vector{a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
  };
  const Vector from{ray.from[0] - shift, ray.from[1], ray.from[2]};
  const Vector along = minus({ray.to[0], ray.to[1], ray.to[2]}, {ray.from[0], ray.from[1], ray.from[2]});
  const auto at = [&](int32_t v) {
    const Position& p = positions[static_cast<size_t>(v)];
    return Vector{p[0], p[1], p[2]};
  };
  std::optional<uint32_t> vertex;
  for (const Triangle& triangle : triangles) {
    const Vector a = at(triangle[0]), ab = minus(at(triangle[1]), a), ac = minus(at(triangle[2]), a);
    const Vector p = cross(along, ac);
    const double det = dot(ab, p);
    if (std::abs(det) < 1e-12) continue;
    const Vector t = minus(from, a);
    const double u = dot(t, p) / det;
    if (u < 0 || u > 1) continue;
    const Vector q = cross(t, ab);
    const double v = dot(along, q) / det;
    const double distance = dot(ac, q) / det;
    if (v < 0 || u + v > 1 || distance < 0 || distance >= nearest) continue;
    nearest = distance;
    const Vector hit{from[0] + distance * along[0], from[1] + distance * along[1], from[2] + distance * along[2]};
    double least = std::numeric_limits<double>::infinity();
    for (const int32_t corner : triangle) {
      const Vector gap = minus(at(corner), hit);
      if (dot(gap, gap) >= least) continue;
      least = dot(gap, gap);
      vertex = static_cast<uint32_t>(corner);
    }
  }
  return vertex;
}

std::optional<VertexPick> bruteForcePick(Stage& stage, double x, double y) {
  std::optional<VertexPick> found;
  for (size_t panel = 0; panel < stage.scene().panelCount(); ++panel) {
    const auto place = stage.scene().panelViewport(panel);
    if (x < place[0] * kWidth || x >= place[2] * kWidth || y < place[1] * kHeight || y >= place[3] * kHeight) continue;
    const auto ray = stage.scene().rayThrough(panel, x, y);
    double nearest = std::numeric_limits<double>::infinity();
    for (const Hemisphere h : stage.scene().panel(panel).hemispheres)
      if (const auto vertex = bruteForcePick(stage.positions(h), stage.surfaces().of(h).triangles,
                                             stage.scene().hemisphere(h).shift(), ray, nearest))
        found = VertexPick{h, *vertex};
  }
  return found;
}

std::vector<BenchRow> benchPick(Stage& stage) {
  BenchRow row{.name = "pick a vertex", .target = 1};
  (void)stage.scene().pick(kWidth / 4.0, kHeight / 2.0);  // builds the locator
  (void)stage.scene().pick(kWidth * 0.75, kHeight / 2.0);
  // Places by a fixed low-discrepancy walk (golden ratio), the same on every machine.
  int hits = 0, differing = 0;
  for (int i = 1; i <= kPicks; ++i) {
    const double x = std::floor(kWidth * std::fmod(i * std::numbers::phi, 1.0)) + 0.5;
    const double y = std::floor(kHeight * (i + 0.5) / (kPicks + 1)) + 0.5;
    std::optional<VertexPick> picked;
    row.milliseconds.push_back(timed([&] { picked = stage.scene().pick(x, y); }));
    const auto expected = bruteForcePick(stage, x, y);
    if (expected) ++hits;
    if (picked != expected) ++differing;
  }
  row.extra = {{"picks", kPicks}, {"hits", hits}, {"differing_from_brute_force", differing}};
  return {row};
}

}  // namespace

std::vector<BenchRow> benchView(const std::string& name) {
  Stage stage;
  std::vector<BenchRow> rows = name == "frames"      ? benchFrames(stage)
                               : name == "recolour"  ? benchRecolour(stage)
                               : name == "threshold" ? benchThreshold(stage)
                                                     : benchPick(stage);
  for (BenchRow& row : rows) row.extra["vertices"] = 2 * stage.surfaces().vertexCount();
  return rows;
}

}  // namespace corticast
