#pragma once
#include <vtkActor.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>

#include <memory>
#include <span>
#include <vector>

#include "core/surface/draw_order.h"
#include "widgets/brain/hemisphere_actor.h"
#include "widgets/brain/steady_mapper.h"

namespace corticast {

/// A mesh with the attributes that the shader reads: map, folding and paint per vertex. Values are changed in place, so
/// that each change uploads one array.
struct ShadedMesh {
  vtkNew<vtkPolyData> data;
  vtkNew<SteadyMapper> mapper;
  vtkNew<vtkActor> actor;
  vtkNew<vtkPoints> points;
  vtkNew<vtkFloatArray> normals;
  vtkNew<vtkFloatArray> map;
  vtkNew<vtkFloatArray> curvature;
  vtkNew<vtkFloatArray> paint;
  std::vector<Triangle> triangles;         ///< in the order in which they are drawn, of drawn vertices
  std::shared_ptr<const DrawOrder> order;  ///< null: vertices are drawn in their own order

  ShadedMesh();

  /// The vertex that is drawn as the `drawn`-th.
  [[nodiscard]] size_t vertexOf(size_t drawn) const { return order ? order->vertices[drawn] : drawn; }
  [[nodiscard]] std::span<const Position> drawnPositions() const;

  void setMesh(std::span<const Position> positions, std::span<const Triangle> faces, std::span<const float> folding,
               std::shared_ptr<const DrawOrder> drawOrder);
  void setPositions(std::span<const Position> positions);
  /// NaN where there is none; what is missing at the end is NaN.
  void setMap(std::span<const float> values);
  void setPaint(std::span<const Paint> paints);
  void setColours(const MapColours& colours);
  void setFoldingColours(Rgb gyrus, Rgb sulcus);
};

}  // namespace corticast
