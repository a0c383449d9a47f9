#include "widgets/brain/hemisphere_actor.h"

#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkSphereSource.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/surface/ray_picker.h"
#include "widgets/brain/shaded_mesh.h"

namespace corticast {

namespace {

constexpr double kMarkerRadiusMm = 2.2;
constexpr double kMarkerRim = 1.4;     // of the radius
constexpr double kNearerUnits = -3e4;  // steps of depth, 2 mm of the 1000 mm that the camera sees

/// Lines of one width on the surface.
struct SurfaceLines {
  vtkNew<vtkPolyData> data;
  vtkNew<vtkPolyDataMapper> mapper;
  vtkNew<vtkActor> actor;

  SurfaceLines() {
    mapper->SetInputData(data);
    // Lines lie in the surface: draw them in front of it.
    mapper->SetResolveCoincidentTopologyToPolygonOffset();
    mapper->SetRelativeCoincidentTopologyLineOffsetParameters(0, -60);
    actor->SetMapper(mapper);
    actor->GetProperty()->LightingOff();
  }

  void draw(std::span<const Position> positions, const std::vector<const Outline*>& outlines) {
    vtkNew<vtkPoints> points;
    vtkNew<vtkCellArray> lines;
    vtkNew<vtkUnsignedCharArray> colours;
    colours->SetNumberOfComponents(3);
    for (const Outline* outline : outlines)
      for (const auto& segment : outline->segments) {
        vtkIdType ends[2];
        for (size_t end = 0; end < 2; ++end) {
          const Position& a = positions[static_cast<size_t>(segment[end].a)];
          const Position& b = positions[static_cast<size_t>(segment[end].b)];
          ends[end] = points->InsertNextPoint((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2);
        }
        lines->InsertNextCell(2, ends);
        const unsigned char colour[3] = {outline->colour.red, outline->colour.green, outline->colour.blue};
        colours->InsertNextTypedTuple(colour);
      }
    data->SetPoints(points);
    data->SetLines(lines);
    data->GetCellData()->SetScalars(colours);
    if (!outlines.empty()) actor->GetProperty()->SetLineWidth(static_cast<float>(outlines.front()->width));
    data->Modified();
  }
};

/// A ball with a dark rim, so that it stands out from any map.
struct Marker {
  vtkNew<vtkSphereSource> source;
  vtkNew<vtkPolyDataMapper> ballMapper;
  vtkNew<vtkPolyDataMapper> rimMapper;
  vtkNew<vtkActor> ball;
  vtkNew<vtkActor> rim;

  Marker() {
    source->SetRadius(kMarkerRadiusMm);
    source->SetThetaResolution(20);
    source->SetPhiResolution(20);
    ballMapper->SetInputConnection(source->GetOutputPort());
    rimMapper->SetInputConnection(source->GetOutputPort());
    // The rim is a larger ball; the ball is drawn before it, as if it lay nearer.
    ballMapper->SetResolveCoincidentTopologyToPolygonOffset();
    ballMapper->SetRelativeCoincidentTopologyPolygonOffsetParameters(0, kNearerUnits);
    ball->SetMapper(ballMapper);
    rim->SetMapper(rimMapper);
    rim->SetScale(kMarkerRim);
    rim->GetProperty()->SetColor(0.1, 0.1, 0.1);
    for (vtkActor* actor : {ball.Get(), rim.Get()}) actor->GetProperty()->LightingOff();
  }

  void place(const Position& p, double shift) {
    ball->SetPosition(p[0] + shift, p[1], p[2]);
    rim->SetPosition(p[0] + shift, p[1], p[2]);
  }
};

}  // namespace

Outline outlineOf(std::span<const Triangle> triangles, const std::vector<bool>& isInside, Rgb colour) {
  Outline outline{.segments = {}, .colour = colour};
  for (const Triangle& t : triangles) {
    std::array<Outline::EdgePoint, 2> crossings{};
    int count = 0;
    for (int i = 0; i < 3; ++i) {
      const int32_t a = t[static_cast<size_t>(i)];
      const int32_t b = t[static_cast<size_t>((i + 1) % 3)];
      if (isInside[static_cast<size_t>(a)] != isInside[static_cast<size_t>(b)])
        crossings[static_cast<size_t>(count++)] = {a, b};
    }
    if (count == 2) outline.segments.push_back(crossings);
  }
  return outline;
}

struct HemisphereActor::Parts {
  std::vector<Position> positions;
  ShadedMesh whole;
  ShadedMesh coarse;  ///< empty where the whole is small
  size_t coarseVertices = 0;
  std::vector<Outline> outlines;
  std::array<SurfaceLines, 2> lines;  ///< of the common width, and wider ones
  Marker marker;
  std::optional<uint32_t> markedVertex;
  double shift = 0;
  mutable std::optional<std::array<double, 6>> bounds;  ///< without the shift
  mutable std::optional<RayPicker> picker;              ///< made when it is first needed
  bool isCoarse = false;
  bool isVisible = true;

  void forEachMesh(const auto& action) {
    action(whole);
    action(coarse);
  }
  void showRightMesh() {
    const bool showCoarse = isCoarse && coarseVertices > 0;
    whole.actor->SetVisibility(isVisible && !showCoarse);
    coarse.actor->SetVisibility(isVisible && showCoarse);
    for (const SurfaceLines& layer : lines) layer.actor->SetVisibility(isVisible && !outlines.empty());
    marker.ball->SetVisibility(isVisible && isMarked());
    marker.rim->SetVisibility(isVisible && isMarked());
  }
  [[nodiscard]] bool isMarked() const { return markedVertex && *markedVertex < positions.size(); }
  void placeMarker() {
    if (isMarked()) marker.place(positions[*markedVertex], shift);
  }
  void forgetShape() {
    picker.reset();
    bounds.reset();
  }
  void drawOutlines();
};

void HemisphereActor::Parts::drawOutlines() {
  std::array<std::vector<const Outline*>, 2> layers;
  const double common = outlines.empty() ? 0 : std::ranges::min(outlines, {}, &Outline::width).width;
  for (const Outline& outline : outlines) layers[outline.width > common ? 1 : 0].push_back(&outline);
  for (size_t i = 0; i < layers.size(); ++i) lines[i].draw(positions, layers[i]);
}

HemisphereActor::HemisphereActor() : m_parts(std::make_unique<Parts>()) {
  m_parts->showRightMesh();
}

HemisphereActor::~HemisphereActor() = default;

void HemisphereActor::setGeometry(const CortexGeometry& geometry) {
  Parts& parts = *m_parts;
  parts.positions = geometry.positions;
  parts.whole.setMesh(parts.positions, geometry.triangles, geometry.curvature, geometry.order);
  parts.whole.actor->GetProperty()->SetBackfaceCulling(geometry.isClosed);
  parts.coarseVertices = geometry.coarseVertices;
  parts.coarse.setMesh(std::span(parts.positions).first(geometry.coarseVertices), geometry.coarseTriangles,
                       std::span(geometry.curvature).first(geometry.coarseVertices), nullptr);
  parts.coarse.actor->GetProperty()->SetBackfaceCulling(geometry.isClosed);
  parts.forgetShape();
  parts.placeMarker();
  parts.showRightMesh();
}

void HemisphereActor::setPositions(std::span<const Position> positions) {
  Parts& parts = *m_parts;
  parts.positions.assign(positions.begin(), positions.end());
  parts.forEachMesh([&](ShadedMesh& mesh) { mesh.setPositions(parts.positions); });
  parts.forgetShape();
  parts.placeMarker();
  parts.drawOutlines();
}

void HemisphereActor::setMap(std::span<const float> values) {
  m_parts->forEachMesh([&](ShadedMesh& mesh) { mesh.setMap(values); });
}

void HemisphereActor::setPaint(std::span<const Paint> paint) {
  m_parts->forEachMesh([&](ShadedMesh& mesh) { mesh.setPaint(paint); });
}

void HemisphereActor::setColours(const MapColours& colours) {
  m_parts->forEachMesh([&](ShadedMesh& mesh) { mesh.setColours(colours); });
}

void HemisphereActor::setFoldingColours(Rgb gyrus, Rgb sulcus) {
  m_parts->forEachMesh([&](ShadedMesh& mesh) { mesh.setFoldingColours(gyrus, sulcus); });
}

void HemisphereActor::setOutlines(std::vector<Outline> outlines) {
  m_parts->outlines = std::move(outlines);
  m_parts->drawOutlines();
  m_parts->showRightMesh();
}

void HemisphereActor::setMarker(std::optional<uint32_t> vertex, Rgb colour) {
  m_parts->markedVertex = vertex;
  m_parts->marker.ball->GetProperty()->SetColor(colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0);
  m_parts->placeMarker();
  m_parts->showRightMesh();
}

void HemisphereActor::setCoarse(bool isCoarse) {
  m_parts->isCoarse = isCoarse;
  m_parts->showRightMesh();
}

void HemisphereActor::setPart(DrawnPart part) {
  m_parts->whole.mapper->setPart(part);
}

void HemisphereActor::setShift(double x) {
  Parts& parts = *m_parts;
  parts.shift = x;
  parts.forEachMesh([&](ShadedMesh& mesh) { mesh.actor->SetPosition(x, 0, 0); });
  for (SurfaceLines& layer : parts.lines) layer.actor->SetPosition(x, 0, 0);
  parts.placeMarker();
}

void HemisphereActor::setVisible(bool isVisible) {
  m_parts->isVisible = isVisible;
  m_parts->showRightMesh();
}

void HemisphereActor::addTo(vtkRenderer& renderer) {
  m_parts->forEachMesh([&](ShadedMesh& mesh) { renderer.AddActor(mesh.actor); });
  for (SurfaceLines& layer : m_parts->lines) renderer.AddActor(layer.actor);
  renderer.AddActor(m_parts->marker.rim);
  renderer.AddActor(m_parts->marker.ball);
}

bool HemisphereActor::hasGeometry() const {
  return !m_parts->positions.empty();
}

std::span<const Position> HemisphereActor::positions() const {
  return m_parts->positions;
}

double HemisphereActor::shift() const {
  return m_parts->shift;
}

std::array<double, 6> HemisphereActor::bounds() const {
  const Parts& parts = *m_parts;
  if (!parts.bounds) {
    constexpr double kFar = std::numeric_limits<double>::infinity();
    std::array<double, 6> bounds = {kFar, -kFar, kFar, -kFar, kFar, -kFar};
    const auto places = parts.whole.drawnPositions();
    // A flat patch leaves vertices out: only what triangles use is drawn.
    for (const Triangle& t : parts.whole.triangles)
      for (const int32_t corner : t)
        for (size_t axis = 0; axis < 3; ++axis) {
          const double value = places[static_cast<size_t>(corner)][axis];
          bounds[2 * axis] = std::min(bounds[2 * axis], value);
          bounds[2 * axis + 1] = std::max(bounds[2 * axis + 1], value);
        }
    parts.bounds = bounds;
  }
  std::array<double, 6> shifted = *parts.bounds;
  shifted[0] += parts.shift;
  shifted[1] += parts.shift;
  return shifted;
}

std::optional<HemisphereActor::Hit> HemisphereActor::pick(const double from[3], const double to[3]) const {
  const Parts& parts = *m_parts;
  if (!parts.isVisible || parts.positions.empty()) return std::nullopt;
  const ShadedMesh& mesh = parts.whole;
  if (!parts.picker) parts.picker.emplace(mesh.drawnPositions(), mesh.triangles);
  const auto hit = parts.picker->firstHit(mesh.drawnPositions(), mesh.triangles, {from[0] - shift(), from[1], from[2]},
                                          {to[0] - shift(), to[1], to[2]});
  if (!hit) return std::nullopt;
  const Triangle& triangle = mesh.triangles[hit->triangle];
  const auto distance = [&](int32_t corner) {
    const Position& p = mesh.drawnPositions()[static_cast<size_t>(corner)];
    return std::hypot(p[0] - hit->place[0], p[1] - hit->place[1], p[2] - hit->place[2]);
  };
  const int32_t nearest = *std::ranges::min_element(triangle, {}, distance);
  return Hit{static_cast<uint32_t>(mesh.vertexOf(static_cast<size_t>(nearest))), hit->distance};
}

}  // namespace corticast
