#include "widgets/brain/brain_scene.h"

#include <vtkCamera.h>
#include <vtkCoordinate.h>
#include <vtkLight.h>
#include <vtkMath.h>
#include <vtkNew.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticast {
namespace {

constexpr double kCameraDistance = 1000;  // mm; with parallel projection it only has to be outside the head
constexpr double kMargin = 1.04;          // of the panel left free around the cortex
constexpr double kHemisphereGapMm = 6;
constexpr double kSameDirection = 0.95;  // cosine of 18 degrees: a panel turned further is no longer "lateral"

struct Panel {
  ViewPanel view;
  vtkNew<vtkRenderer> renderer;
  double halfWidth = 1;  // of what is shown, in camera coordinates
  double halfHeight = 1;
};

void setBackground(vtkRenderer& renderer, const SceneColours& colours) {
  renderer.SetBackground(colours.background.red / 255.0, colours.background.green / 255.0,
                         colours.background.blue / 255.0);
  renderer.SetBackgroundAlpha(colours.isTransparent ? 0 : 1);
}

}  // namespace

struct BrainScene::Parts {
  vtkRenderWindow& window;
  std::array<HemisphereActor, 2> hemispheres;
  std::vector<std::unique_ptr<Panel>> panels;
  ViewPreset preset = viewPresets().front();
  std::vector<Hemisphere> shown = {Hemisphere::Left, Hemisphere::Right};
  SceneColours colours;
  bool isFlat = false;

  explicit Parts(vtkRenderWindow& target) : window(target) {}

  HemisphereActor& of(Hemisphere h) { return hemispheres[h == Hemisphere::Left ? 0 : 1]; }

  void clearPanels() {
    for (const auto& panel : panels) window.RemoveRenderer(panel->renderer);
    panels.clear();
  }
  void separateHemispheres();
  [[nodiscard]] CameraFrame frameOf(const Panel& panel) const;
  void turnCamera(Panel& panel);
  void fit(Panel& panel);
  void applyScale(Panel& panel);
};

/// Inflated hemispheres overlap in the middle: each is shifted outwards until they stand side by side.
void BrainScene::Parts::separateHemispheres() {
  for (const Hemisphere h : {Hemisphere::Left, Hemisphere::Right}) {
    HemisphereActor& actor = of(h);
    if (!actor.hasGeometry()) continue;
    actor.setShift(0);
    const auto bounds = actor.bounds();
    actor.setShift(h == Hemisphere::Left ? std::min(0.0, -bounds[1] - kHemisphereGapMm / 2)
                                         : std::max(0.0, -bounds[0] + kHemisphereGapMm / 2));
  }
}

CameraFrame BrainScene::Parts::frameOf(const Panel& panel) const {
  return cameraFrame(isFlat ? ViewDirection::Dorsal : panel.view.direction, panel.view.hemispheres.front());
}

void BrainScene::Parts::turnCamera(Panel& panel) {
  const CameraFrame frame = frameOf(panel);
  vtkCamera* camera = panel.renderer->GetActiveCamera();
  camera->ParallelProjectionOn();
  camera->SetFocalPoint(0, 0, 0);
  camera->SetPosition(frame.toCamera[0] * kCameraDistance, frame.toCamera[1] * kCameraDistance,
                      frame.toCamera[2] * kCameraDistance);
  camera->SetViewUp(frame.up);
}

/// Centres the camera on the panel's hemispheres and finds how much of the world it has to show.
void BrainScene::Parts::fit(Panel& panel) {
  vtkCamera* camera = panel.renderer->GetActiveCamera();
  double right[3], up[3], normal[3];
  camera->GetViewPlaneNormal(normal);
  camera->GetViewUp(up);
  vtkMath::Cross(up, normal, right);
  vtkMath::Normalize(right);
  vtkMath::Cross(normal, right, up);
  constexpr double kFar = std::numeric_limits<double>::infinity();
  double low[3] = {kFar, kFar, kFar}, high[3] = {-kFar, -kFar, -kFar};
  for (const Hemisphere h : panel.view.hemispheres) {
    const HemisphereActor& actor = of(h);
    if (!actor.hasGeometry()) continue;
    const auto b = actor.bounds();
    for (int corner = 0; corner < 8; ++corner) {
      const double p[3] = {b[corner & 1], b[2 + (corner >> 1 & 1)], b[4 + (corner >> 2 & 1)]};
      const double place[3] = {vtkMath::Dot(p, right), vtkMath::Dot(p, up), vtkMath::Dot(p, normal)};
      for (int axis = 0; axis < 3; ++axis) {
        low[axis] = std::min(low[axis], place[axis]);
        high[axis] = std::max(high[axis], place[axis]);
      }
    }
  }
  if (low[0] > high[0]) return;
  double focus[3];
  for (int axis = 0; axis < 3; ++axis)
    focus[axis] =
        (right[axis] * (low[0] + high[0]) + up[axis] * (low[1] + high[1]) + normal[axis] * (low[2] + high[2])) / 2;
  camera->SetFocalPoint(focus);
  camera->SetPosition(focus[0] + normal[0] * kCameraDistance, focus[1] + normal[1] * kCameraDistance,
                      focus[2] + normal[2] * kCameraDistance);
  camera->SetClippingRange(kCameraDistance - 500, kCameraDistance + 500);
  panel.halfWidth = (high[0] - low[0]) / 2;
  panel.halfHeight = (high[1] - low[1]) / 2;
  applyScale(panel);
}

void BrainScene::Parts::applyScale(Panel& panel) {
  const int* size = window.GetSize();
  double viewport[4];
  panel.renderer->GetViewport(viewport);
  const double width = std::max(1.0, size[0] * (viewport[2] - viewport[0]));
  const double height = std::max(1.0, size[1] * (viewport[3] - viewport[1]));
  panel.renderer->GetActiveCamera()->SetParallelScale(kMargin *
                                                      std::max(panel.halfHeight, panel.halfWidth * height / width));
}

BrainScene::BrainScene(vtkRenderWindow& window) : m_parts(std::make_unique<Parts>(window)) {
  setColours({});
  setSceneColours({});
}

BrainScene::~BrainScene() {
  m_parts->clearPanels();
}

void BrainScene::setGeometry(Hemisphere hemisphere, const CortexGeometry& geometry) {
  m_parts->of(hemisphere).setGeometry(geometry);
  m_parts->separateHemispheres();
  for (const auto& panel : m_parts->panels) m_parts->of(hemisphere).addTo(*panel->renderer);
}

void BrainScene::setPositions(Hemisphere hemisphere, std::span<const Position> positions) {
  m_parts->of(hemisphere).setPositions(positions);
  m_parts->separateHemispheres();
}

void BrainScene::setMap(Hemisphere hemisphere, std::span<const float> values) {
  m_parts->of(hemisphere).setMap(values);
}

void BrainScene::setPaint(Hemisphere hemisphere, std::span<const Paint> paint) {
  m_parts->of(hemisphere).setPaint(paint);
}

void BrainScene::setOutlines(Hemisphere hemisphere, std::vector<Outline> outlines) {
  m_parts->of(hemisphere).setOutlines(std::move(outlines));
}

void BrainScene::setMarker(std::optional<VertexPick> vertex, Rgb colour) {
  for (const Hemisphere h : {Hemisphere::Left, Hemisphere::Right})
    m_parts->of(h).setMarker(vertex && vertex->hemisphere == h ? std::optional(vertex->vertex) : std::nullopt, colour);
}

void BrainScene::setColours(const MapColours& colours) {
  for (HemisphereActor& actor : m_parts->hemispheres) actor.setColours(colours);
}

void BrainScene::setSceneColours(const SceneColours& colours) {
  m_parts->colours = colours;
  for (HemisphereActor& actor : m_parts->hemispheres) actor.setFoldingColours(colours.gyrus, colours.sulcus);
  for (const auto& panel : m_parts->panels) setBackground(*panel->renderer, colours);
}

void BrainScene::setViews(const ViewPreset& preset, const std::vector<Hemisphere>& shown) {
  Parts& parts = *m_parts;
  parts.preset = preset;
  parts.shown = shown;
  parts.clearPanels();
  const ViewPreset views = restricted(preset, shown);
  for (const ViewPanel& view : views.panels) {
    auto panel = std::make_unique<Panel>();
    panel->view = view;
    const double width = 1.0 / views.columns, height = 1.0 / views.rows;
    const double left = view.column * width, bottom = 1 - (view.row + 1) * height;
    panel->renderer->SetViewport(left, bottom, left + width, bottom + height);
    setBackground(*panel->renderer, parts.colours);
    for (const Hemisphere h : view.hemispheres) parts.of(h).addTo(*panel->renderer);
    parts.window.AddRenderer(panel->renderer);
    parts.turnCamera(*panel);
    parts.fit(*panel);
    parts.panels.push_back(std::move(panel));
  }
}

void BrainScene::fit() {
  for (const auto& panel : m_parts->panels) m_parts->fit(*panel);
}

void BrainScene::frame(Hemisphere hemisphere, std::span<const uint32_t> vertices) {
  const HemisphereActor& actor = m_parts->of(hemisphere);
  if (vertices.empty() || !actor.hasGeometry()) return;
  double centre[3] = {0, 0, 0};
  for (const uint32_t vertex : vertices)
    for (size_t axis = 0; axis < 3; ++axis) centre[axis] += actor.positions()[vertex][axis];
  for (double& value : centre) value /= static_cast<double>(vertices.size());
  double radius = 0;
  for (const uint32_t vertex : vertices) {
    const Position& p = actor.positions()[vertex];
    radius = std::max(radius, std::hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]));
  }
  centre[0] += actor.shift();

  // Outwards from the middle of the hemisphere; a flat patch is always seen from above.
  const auto bounds = actor.bounds();
  double outwards[3] = {0, 0, 1};
  if (!m_parts->isFlat)
    for (size_t axis = 0; axis < 3; ++axis)
      outwards[axis] = centre[axis] - (bounds[2 * axis] + bounds[2 * axis + 1]) / 2;
  vtkMath::Normalize(outwards);

  Panel* best = nullptr;
  double bestCosine = -2;
  for (const auto& panel : m_parts->panels) {
    if (std::ranges::find(panel->view.hemispheres, hemisphere) == panel->view.hemispheres.end()) continue;
    double normal[3];
    panel->renderer->GetActiveCamera()->GetViewPlaneNormal(normal);
    if (const double cosine = vtkMath::Dot(normal, outwards); cosine > bestCosine) {
      bestCosine = cosine;
      best = panel.get();
    }
  }
  if (!best) return;
  vtkCamera* camera = best->renderer->GetActiveCamera();
  camera->SetFocalPoint(centre);
  camera->SetPosition(centre[0] + outwards[0] * kCameraDistance, centre[1] + outwards[1] * kCameraDistance,
                      centre[2] + outwards[2] * kCameraDistance);
  const bool isFromAboveOrBelow = std::abs(outwards[2]) > 0.9;
  camera->SetViewUp(0, isFromAboveOrBelow ? 1 : 0, isFromAboveOrBelow ? 0 : 1);
  best->halfWidth = best->halfHeight = 2.2 * std::max(radius, 8.0);
  m_parts->applyScale(*best);
}

void BrainScene::shareCameras(BrainScene& other) {
  const size_t shared = std::min(panelCount(), other.panelCount());
  for (size_t i = 0; i < shared; ++i)
    m_parts->panels[i]->renderer->SetActiveCamera(other.m_parts->panels[i]->renderer->GetActiveCamera());
}

void BrainScene::setFlat(bool isFlat) {
  m_parts->isFlat = isFlat;
  setViews(m_parts->preset, m_parts->shown);
}

void BrainScene::setInteracting(bool isInteracting) {
  for (HemisphereActor& actor : m_parts->hemispheres) actor.setCoarse(isInteracting);
}

BrainScene::Ray BrainScene::rayThrough(size_t panel, double x, double y) const {
  vtkRenderer& renderer = *m_parts->panels.at(panel)->renderer;
  Ray ray{};
  for (const bool isNear : {true, false}) {
    renderer.SetDisplayPoint(x, y, isNear ? 0.0 : 1.0);
    renderer.DisplayToWorld();
    double world[4];
    renderer.GetWorldPoint(world);
    for (int axis = 0; axis < 3; ++axis) (isNear ? ray.from : ray.to)[axis] = world[axis] / world[3];
  }
  return ray;
}

std::optional<VertexPick> BrainScene::pick(double x, double y) const {
  const Parts& parts = *m_parts;
  const int* size = parts.window.GetSize();
  for (size_t i = 0; i < parts.panels.size(); ++i) {
    const auto viewport = panelViewport(i);
    if (x < viewport[0] * size[0] || x >= viewport[2] * size[0] || y < viewport[1] * size[1] ||
        y >= viewport[3] * size[1])
      continue;
    const Ray ray = rayThrough(i, x, y);
    std::optional<VertexPick> nearest;
    double distance = std::numeric_limits<double>::infinity();
    for (const Hemisphere h : parts.panels[i]->view.hemispheres) {
      const auto hit = hemisphere(h).pick(ray.from, ray.to);
      if (!hit || hit->distance >= distance) continue;
      distance = hit->distance;
      nearest = VertexPick{h, hit->vertex};
    }
    return nearest;
  }
  return std::nullopt;
}

void BrainScene::render() {
  m_parts->window.Render();
}

void BrainScene::renderPanel(size_t panel, DrawnPart part) {
  const auto drawOnly = [&](std::optional<size_t> only) {
    for (size_t i = 0; i < panelCount(); ++i) m_parts->panels[i]->renderer->SetDraw(!only || i == *only);
  };
  const auto drawPart = [&](DrawnPart drawn) {
    for (HemisphereActor& actor : m_parts->hemispheres) actor.setPart(drawn);
    m_parts->panels.at(panel)->renderer->SetPreserveColorBuffer(drawn.number > 0);
    m_parts->panels.at(panel)->renderer->SetPreserveDepthBuffer(drawn.number > 0);
  };
  drawOnly(panel);
  drawPart(part);
  m_parts->window.Render();
  m_parts->window.WaitForCompletion();
  drawOnly(std::nullopt);
  drawPart({});
}

size_t BrainScene::panelCount() const {
  return m_parts->panels.size();
}

std::array<double, 4> BrainScene::panelViewport(size_t panel) const {
  std::array<double, 4> viewport{};
  m_parts->panels.at(panel)->renderer->GetViewport(viewport.data());
  return viewport;
}

const ViewPanel& BrainScene::panel(size_t panel) const {
  return m_parts->panels.at(panel)->view;
}

PanelLabels BrainScene::labels(size_t panel) const {
  const Parts& parts = *m_parts;
  const Panel& shown = *parts.panels.at(panel);
  double normal[3], up[3], right[3];
  vtkCamera* camera = shown.renderer->GetActiveCamera();
  camera->GetViewPlaneNormal(normal);
  camera->GetViewUp(up);
  const CameraFrame preset = parts.frameOf(shown);
  if (vtkMath::Dot(normal, preset.toCamera) > kSameDirection && vtkMath::Dot(up, preset.up) > kSameDirection)
    return labelsOf(shown.view, parts.isFlat);
  if (shown.view.hemispheres.size() == 1) return labelsOf(shown.view, true);
  // Left and right lie along x: which one the camera sees on the left is its own right's share of x.
  vtkMath::Cross(up, normal, right);
  return right[0] >= 0 ? PanelLabels{"LH", "RH"} : PanelLabels{"RH", "LH"};
}

const HemisphereActor& BrainScene::hemisphere(Hemisphere hemisphere) const {
  return m_parts->of(hemisphere);
}

}  // namespace corticast
