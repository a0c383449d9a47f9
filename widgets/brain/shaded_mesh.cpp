#include "widgets/brain/shaded_mesh.h"

#include <vtkCellArray.h>
#include <vtkPointData.h>
#include <vtkProperty.h>
#include <vtkShaderProperty.h>
#include <vtkSmartPointer.h>
#include <vtkTypeInt32Array.h>
#include <vtkUniforms.h>

#include <algorithm>
#include <cmath>
#include <string>

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

}  // namespace

ShadedMesh::ShadedMesh() {
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

std::span<const Position> ShadedMesh::drawnPositions() const {
  return {reinterpret_cast<const Position*>(points->GetVoidPointer(0)),
          static_cast<size_t>(points->GetNumberOfPoints())};
}

void ShadedMesh::setMesh(std::span<const Position> positions, std::span<const Triangle> faces,
                         std::span<const float> folding, std::shared_ptr<const DrawOrder> drawOrder) {
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

void ShadedMesh::setPositions(std::span<const Position> positions) {
  const auto count = static_cast<size_t>(points->GetNumberOfPoints());
  auto* target = reinterpret_cast<Position*>(points->GetVoidPointer(0));
  for (size_t i = 0; i < count; ++i) target[i] = positions[vertexOf(i)];
  points->Modified();
  computeNormals({target, count}, triangles, *normals);
  data->GetPointData()->Modified();
}

void ShadedMesh::setMap(std::span<const float> values) {
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

void ShadedMesh::setPaint(std::span<const Paint> paints) {
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

void ShadedMesh::setColours(const MapColours& colours) {
  const ColourMap& chosen = colourMap(colours.colourMap);
  float palette[kPaletteSize][3];
  for (int i = 0; i < kPaletteSize; ++i) {
    const Rgb colour = chosen.at(i / static_cast<double>(kPaletteSize - 1));
    palette[i][0] = colour.red / 255.0F;
    palette[i][1] = colour.green / 255.0F;
    palette[i][2] = colour.blue / 255.0F;
  }
  vtkUniforms* uniforms = actor->GetShaderProperty()->GetFragmentCustomUniforms();
  uniforms->SetUniform3fv("palette", kPaletteSize, palette);
  uniforms->SetUniformf("rangeLow", static_cast<float>(colours.low));
  uniforms->SetUniformf("rangeHigh", static_cast<float>(colours.high));
  uniforms->SetUniformf("threshold", static_cast<float>(colours.threshold));
  uniforms->SetUniformi("fadeBelowThreshold", colours.fadeBelowThreshold ? 1 : 0);
  uniforms->SetUniformf("mapStrength", static_cast<float>(colours.strength));
}

void ShadedMesh::setFoldingColours(Rgb gyrus, Rgb sulcus) {
  vtkUniforms* uniforms = actor->GetShaderProperty()->GetFragmentCustomUniforms();
  const float light[3] = {gyrus.red / 255.0F, gyrus.green / 255.0F, gyrus.blue / 255.0F};
  const float dark[3] = {sulcus.red / 255.0F, sulcus.green / 255.0F, sulcus.blue / 255.0F};
  uniforms->SetUniform3f("gyrusColour", light);
  uniforms->SetUniform3f("sulcusColour", dark);
}

}  // namespace corticast
