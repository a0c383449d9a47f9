#include "widgets/brain/hemisphere_actor.h"

#include <vtkActor.h>
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkShaderProperty.h>
#include <vtkSmartPointer.h>
#include <vtkSphereSource.h>
#include <vtkStaticCellLocator.h>
#include <vtkTypeInt32Array.h>
#include <vtkUniforms.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "embedded/cortex_fragment.h"
#include "embedded/cortex_fragment_declarations.h"
#include "embedded/cortex_vertex.h"
#include "embedded/cortex_vertex_declarations.h"

namespace corticast {
namespace {

constexpr int kPaletteSize = 64;

vtkSmartPointer<vtkCellArray> toCells(std::span<const Triangle> triangles) {
  vtkNew<vtkTypeInt32Array> offsets;
  vtkNew<vtkTypeInt32Array> corners;
  offsets->SetNumberOfValues(static_cast<vtkIdType>(triangles.size()) + 1);
  corners->SetNumberOfValues(static_cast<vtkIdType>(triangles.size()) * 3);
  for (size_t i = 0; i <= triangles.size(); ++i)
    offsets->SetValue(static_cast<vtkIdType>(i), static_cast<int32_t>(i * 3));
  if (!triangles.empty()) std::copy_n(triangles.front().data(), triangles.size() * 3, corners->GetPointer(0));
  auto cells = vtkSmartPointer<vtkCellArray>::New();
  cells->SetData(offsets, corners);
  return cells;
}

/// Normals per vertex, each triangle weighted by its area.
void computeNormals(std::span<const Position> positions, std::span<const Triangle> triangles, vtkFloatArray& normals) {
  float* out = normals.GetPointer(0);
  std::fill_n(out, positions.size() * 3, 0.0F);
  for (const Triangle& t : triangles) {
    const Position& p = positions[static_cast<size_t>(t[0])];
    const Position& q = positions[static_cast<size_t>(t[1])];
    const Position& r = positions[static_cast<size_t>(t[2])];
    const float u[3] = {q[0] - p[0], q[1] - p[1], q[2] - p[2]};
    const float v[3] = {r[0] - p[0], r[1] - p[1], r[2] - p[2]};
    const float n[3] = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
    for (const int32_t corner : t)
      for (int axis = 0; axis < 3; ++axis) out[corner * 3 + axis] += n[axis];
  }
  for (size_t i = 0; i < positions.size(); ++i) {
    float* n = out + i * 3;
    const float length = std::sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    if (length > 0)
      for (int axis = 0; axis < 3; ++axis) n[axis] /= length;
  }
  normals.Modified();
}

/// A mesh with the attributes that the shader reads.
struct ShadedMesh {
  vtkNew<vtkPolyData> data;
  vtkNew<vtkPolyDataMapper> mapper;
  vtkNew<vtkActor> actor;
  vtkNew<vtkPoints> points;
  vtkNew<vtkFloatArray> normals;
  vtkNew<vtkFloatArray> map;
  vtkNew<vtkFloatArray> curvature;
  vtkNew<vtkFloatArray> paint;
  std::vector<Triangle> triangles;         // in the order in which they are drawn
  std::shared_ptr<const DrawOrder> order;  // null: vertices are drawn in their own order

  ShadedMesh() {
    normals->SetName("Normals");
    normals->SetNumberOfComponents(3);
    map->SetName("mapValue");
    map->SetNumberOfComponents(2);
    curvature->SetName("curvature");
    paint->SetName("paint");
    paint->SetNumberOfComponents(4);
    mapper->SetInputData(data);
    mapper->ScalarVisibilityOff();
    mapper->MapDataArrayToVertexAttribute("mapValue", "mapValue", vtkDataObject::FIELD_ASSOCIATION_POINTS, -1);
    mapper->MapDataArrayToVertexAttribute("curvature", "curvature", vtkDataObject::FIELD_ASSOCIATION_POINTS, -1);
    mapper->MapDataArrayToVertexAttribute("paint", "paint", vtkDataObject::FIELD_ASSOCIATION_POINTS, -1);
    actor->SetMapper(mapper);
    actor->GetProperty()->SetInterpolationToPhong();
    vtkShaderProperty* shaders = actor->GetShaderProperty();
    const auto replace = [&](bool isVertex, const char* place, std::string_view text) {
      const std::string code(text);
      if (isVertex)
        shaders->AddVertexShaderReplacement(place, true, code, false);
      else
        shaders->AddFragmentShaderReplacement(place, true, code, false);
    };
    replace(true, "//VTK::ValuePass::Dec", embedded::cortex_vertex_declarations);
    replace(true, "//VTK::ValuePass::Impl", embedded::cortex_vertex);
    replace(false, "//VTK::ValuePass::Dec",
            "#define PALETTE_SIZE " + std::to_string(kPaletteSize) + "\n" +
                std::string(embedded::cortex_fragment_declarations));
    replace(false, "//VTK::Color::Impl", embedded::cortex_fragment);
  }

  /// The vertex that is drawn as the `drawn`-th.
  [[nodiscard]] size_t vertexOf(size_t drawn) const { return order ? order->vertices[drawn] : drawn; }

  void setMesh(std::span<const Position> positions, std::span<const Triangle> faces, std::span<const float> folding,
               std::shared_ptr<const DrawOrder> drawOrder) {
    order = std::move(drawOrder);
    triangles.assign(faces.begin(), faces.end());
    if (order) triangles = order->triangles;
    const auto count = static_cast<vtkIdType>(positions.size());
    points->SetNumberOfPoints(count);
    normals->SetNumberOfTuples(count);
    map->SetNumberOfTuples(count);
    map->Fill(0);
    paint->SetNumberOfTuples(count);
    paint->Fill(0);
    curvature->SetNumberOfTuples(count);
    for (size_t i = 0; i < positions.size(); ++i) curvature->SetValue(static_cast<vtkIdType>(i), folding[vertexOf(i)]);
    data->SetPoints(points);
    data->SetPolys(toCells(triangles));
    data->GetPointData()->SetNormals(normals);
    data->GetPointData()->AddArray(map);
    data->GetPointData()->AddArray(curvature);
    data->GetPointData()->AddArray(paint);
    setPositions(positions);
  }

  void setPositions(std::span<const Position> positions) {
    const auto count = static_cast<size_t>(points->GetNumberOfPoints());
    auto* target = reinterpret_cast<Position*>(points->GetVoidPointer(0));
    for (size_t i = 0; i < count; ++i) target[i] = positions[vertexOf(i)];
    points->Modified();
    computeNormals({target, count}, triangles, *normals);
    data->GetPointData()->Modified();
  }

  void setMap(std::span<const float> values) {
    float* target = map->GetPointer(0);
    const auto count = static_cast<size_t>(map->GetNumberOfTuples());
    for (size_t i = 0; i < count; ++i) {
      const size_t vertex = vertexOf(i);
      const bool isDefined = vertex < values.size() && !std::isnan(values[vertex]);
      target[2 * i] = isDefined ? values[vertex] : 0.0F;
      target[2 * i + 1] = isDefined ? 1.0F : 0.0F;
    }
    map->Modified();
    data->GetPointData()->Modified();
  }

  void setPaint(std::span<const Paint> paints) {
    float* target = paint->GetPointer(0);
    const auto count = static_cast<size_t>(paint->GetNumberOfTuples());
    for (size_t i = 0; i < count; ++i) {
      const size_t vertex = vertexOf(i);
      const Paint p = vertex < paints.size() ? paints[vertex] : Paint{};
      // Premultiplied, so that the edge between painted and bare vertices does not darken.
      const float channels[4] = {p.colour.red * p.opacity / 255.0F, p.colour.green * p.opacity / 255.0F,
                                 p.colour.blue * p.opacity / 255.0F, p.opacity};
      std::copy_n(channels, 4, target + 4 * i);
    }
    paint->Modified();
    data->GetPointData()->Modified();
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
  std::unique_ptr<ShadedMesh> coarse;
  size_t coarseVertices = 0;
  std::vector<Outline> outlines;
  vtkNew<vtkPolyData> outlineData;
  vtkNew<vtkPolyDataMapper> outlineMapper;
  vtkNew<vtkActor> outlineActor;
  vtkNew<vtkSphereSource> markerSource;
  vtkNew<vtkPolyDataMapper> markerMapper;
  vtkNew<vtkActor> markerActor;
  std::optional<uint32_t> marker;
  mutable vtkNew<vtkStaticCellLocator> locator;
  mutable bool isLocatorBuilt = false;
  bool isCoarse = false;
  bool isVisible = true;

  void forEachMesh(const auto& action) {
    action(whole);
    if (coarse) action(*coarse);
  }
  void showRightMesh() {
    const bool showCoarse = isCoarse && coarse && coarseVertices > 0;
    whole.actor->SetVisibility(isVisible && !showCoarse);
    if (coarse) coarse->actor->SetVisibility(isVisible && showCoarse);
    outlineActor->SetVisibility(isVisible && !outlines.empty());
    markerActor->SetVisibility(isVisible && marker.has_value());
  }
  void placeMarker() {
    if (!marker || *marker >= positions.size()) return;
    const Position& p = positions[*marker];
    markerSource->SetCenter(p[0], p[1], p[2]);
  }
  void drawOutlines();
};

void HemisphereActor::Parts::drawOutlines() {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> lines;
  vtkNew<vtkUnsignedCharArray> colours;
  colours->SetNumberOfComponents(3);
  for (const Outline& outline : outlines) {
    for (const auto& segment : outline.segments) {
      vtkIdType ends[2];
      for (size_t end = 0; end < 2; ++end) {
        const Position& a = positions[static_cast<size_t>(segment[end].a)];
        const Position& b = positions[static_cast<size_t>(segment[end].b)];
        ends[end] = points->InsertNextPoint((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2);
      }
      lines->InsertNextCell(2, ends);
      const unsigned char colour[3] = {outline.colour.red, outline.colour.green, outline.colour.blue};
      colours->InsertNextTypedTuple(colour);
    }
  }
  outlineData->SetPoints(points);
  outlineData->SetLines(lines);
  outlineData->GetCellData()->SetScalars(colours);
  if (!outlines.empty()) outlineActor->GetProperty()->SetLineWidth(static_cast<float>(outlines.front().width));
  outlineData->Modified();
}

HemisphereActor::HemisphereActor() : m_parts(std::make_unique<Parts>()) {
  Parts& parts = *m_parts;
  parts.outlineMapper->SetInputData(parts.outlineData);
  // Lines lie in the surface: draw them in front of it.
  parts.outlineMapper->SetResolveCoincidentTopologyToPolygonOffset();
  parts.outlineMapper->SetRelativeCoincidentTopologyLineOffsetParameters(0, -60);
  parts.outlineActor->SetMapper(parts.outlineMapper);
  parts.outlineActor->GetProperty()->LightingOff();
  parts.outlineActor->PickableOff();
  parts.markerSource->SetRadius(1.6);
  parts.markerSource->SetThetaResolution(16);
  parts.markerSource->SetPhiResolution(16);
  parts.markerMapper->SetInputConnection(parts.markerSource->GetOutputPort());
  parts.markerActor->SetMapper(parts.markerMapper);
  parts.markerActor->GetProperty()->SetAmbient(0.6);
  parts.showRightMesh();
}

HemisphereActor::~HemisphereActor() = default;

void HemisphereActor::setGeometry(const CortexGeometry& geometry) {
  Parts& parts = *m_parts;
  parts.positions = geometry.positions;
  parts.whole.setMesh(parts.positions, geometry.triangles, geometry.curvature, geometry.order);
  parts.whole.actor->GetProperty()->SetBackfaceCulling(geometry.isClosed);
  parts.coarseVertices = geometry.coarseVertices;
  if (parts.coarse) parts.coarse->data->Initialize();
  if (!geometry.coarseTriangles.empty() && !parts.coarse) parts.coarse = std::make_unique<ShadedMesh>();
  if (parts.coarse) {
    parts.coarse->setMesh(std::span(parts.positions).first(geometry.coarseVertices), geometry.coarseTriangles,
                          std::span(geometry.curvature).first(geometry.coarseVertices), nullptr);
    parts.coarse->actor->GetProperty()->SetBackfaceCulling(geometry.isClosed);
  }
  parts.isLocatorBuilt = false;
  parts.placeMarker();
  parts.showRightMesh();
}

void HemisphereActor::setPositions(std::span<const Position> positions) {
  Parts& parts = *m_parts;
  parts.positions.assign(positions.begin(), positions.end());
  parts.forEachMesh([&](ShadedMesh& mesh) { mesh.setPositions(parts.positions); });
  parts.isLocatorBuilt = false;
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
  const ColourMap& map = colourMap(colours.colourMap);
  float palette[kPaletteSize][3];
  for (int i = 0; i < kPaletteSize; ++i) {
    const Rgb colour = map.at(i / static_cast<double>(kPaletteSize - 1));
    palette[i][0] = colour.red / 255.0F;
    palette[i][1] = colour.green / 255.0F;
    palette[i][2] = colour.blue / 255.0F;
  }
  m_parts->forEachMesh([&](ShadedMesh& mesh) {
    vtkUniforms* uniforms = mesh.actor->GetShaderProperty()->GetFragmentCustomUniforms();
    uniforms->SetUniform3fv("palette", kPaletteSize, palette);
    uniforms->SetUniformf("rangeLow", static_cast<float>(colours.low));
    uniforms->SetUniformf("rangeHigh", static_cast<float>(colours.high));
    uniforms->SetUniformf("threshold", static_cast<float>(colours.threshold));
    uniforms->SetUniformi("fadeBelowThreshold", colours.fadeBelowThreshold ? 1 : 0);
    uniforms->SetUniformf("mapStrength", static_cast<float>(colours.strength));
  });
}

void HemisphereActor::setFoldingColours(Rgb gyrus, Rgb sulcus) {
  m_parts->forEachMesh([&](ShadedMesh& mesh) {
    vtkUniforms* uniforms = mesh.actor->GetShaderProperty()->GetFragmentCustomUniforms();
    const float light[3] = {gyrus.red / 255.0F, gyrus.green / 255.0F, gyrus.blue / 255.0F};
    const float dark[3] = {sulcus.red / 255.0F, sulcus.green / 255.0F, sulcus.blue / 255.0F};
    uniforms->SetUniform3f("gyrusColour", light);
    uniforms->SetUniform3f("sulcusColour", dark);
  });
}

void HemisphereActor::setOutlines(std::vector<Outline> outlines) {
  m_parts->outlines = std::move(outlines);
  m_parts->drawOutlines();
  m_parts->showRightMesh();
}

void HemisphereActor::setMarker(std::optional<uint32_t> vertex, Rgb colour) {
  m_parts->marker = vertex;
  m_parts->markerActor->GetProperty()->SetColor(colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0);
  m_parts->placeMarker();
  m_parts->showRightMesh();
}

void HemisphereActor::setCoarse(bool isCoarse) {
  m_parts->isCoarse = isCoarse;
  m_parts->showRightMesh();
}

void HemisphereActor::setShift(double x) {
  Parts& parts = *m_parts;
  parts.forEachMesh([&](ShadedMesh& mesh) { mesh.actor->SetPosition(x, 0, 0); });
  parts.outlineActor->SetPosition(x, 0, 0);
  parts.markerActor->SetPosition(x, 0, 0);
}

void HemisphereActor::setVisible(bool isVisible) {
  m_parts->isVisible = isVisible;
  m_parts->showRightMesh();
}

void HemisphereActor::addTo(vtkRenderer& renderer) {
  m_parts->forEachMesh([&](ShadedMesh& mesh) { renderer.AddActor(mesh.actor); });
  renderer.AddActor(m_parts->outlineActor);
  renderer.AddActor(m_parts->markerActor);
}

bool HemisphereActor::hasGeometry() const {
  return !m_parts->positions.empty();
}

std::span<const Position> HemisphereActor::positions() const {
  return m_parts->positions;
}

double HemisphereActor::shift() const {
  return m_parts->whole.actor->GetPosition()[0];
}

std::array<double, 6> HemisphereActor::bounds() const {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::array<double, 6> bounds = {kFar, -kFar, kFar, -kFar, kFar, -kFar};
  // A flat patch leaves vertices out: only what triangles use is drawn.
  for (const Triangle& t : m_parts->whole.triangles)
    for (const int32_t corner : t)
      for (size_t axis = 0; axis < 3; ++axis) {
        const size_t vertex = m_parts->whole.vertexOf(static_cast<size_t>(corner));
        const double value = m_parts->positions[vertex][axis] + (axis == 0 ? shift() : 0);
        bounds[2 * axis] = std::min(bounds[2 * axis], value);
        bounds[2 * axis + 1] = std::max(bounds[2 * axis + 1], value);
      }
  return bounds;
}

std::optional<HemisphereActor::Hit> HemisphereActor::pick(const double from[3], const double to[3]) const {
  const Parts& parts = *m_parts;
  if (!parts.isVisible || parts.positions.empty()) return std::nullopt;
  if (!parts.isLocatorBuilt) {
    parts.locator->SetDataSet(parts.whole.data);
    parts.locator->Modified();
    parts.locator->BuildLocator();
    parts.isLocatorBuilt = true;
  }
  const double start[3] = {from[0] - shift(), from[1], from[2]};
  const double end[3] = {to[0] - shift(), to[1], to[2]};
  double t = 0, hit[3], parametric[3];
  int subId = 0;
  vtkIdType cell = -1;
  if (!parts.locator->IntersectWithLine(start, end, 1e-6, t, hit, parametric, subId, cell)) return std::nullopt;
  const Triangle& triangle = parts.whole.triangles[static_cast<size_t>(cell)];
  const auto distance = [&](int32_t corner) {
    const Position& p = parts.positions[parts.whole.vertexOf(static_cast<size_t>(corner))];
    return std::hypot(p[0] - hit[0], p[1] - hit[1], p[2] - hit[2]);
  };
  const int32_t nearest = *std::ranges::min_element(triangle, {}, distance);
  return Hit{static_cast<uint32_t>(parts.whole.vertexOf(static_cast<size_t>(nearest))), t};
}

}  // namespace corticast
