#pragma once
#include <vtkOpenGLPolyDataMapper.h>

#include <utility>

#include "widgets/brain/drawn_part.h"

namespace corticast {

/// A mapper for surfaces of triangles only, drawn filled and in one window. It builds its triangle indices once per set
/// of triangles: VTK 9.1 builds them again whenever any array of the mesh changes, 8 ms for a new map on 327,684
/// vertices, three times that beside a training run. And it can draw a mesh in several goes.
class SteadyMapper : public vtkOpenGLPolyDataMapper {
 public:
  static SteadyMapper* New();
  vtkTypeMacro(SteadyMapper, vtkOpenGLPolyDataMapper);
  SteadyMapper(const SteadyMapper&) = delete;
  SteadyMapper& operator=(const SteadyMapper&) = delete;

  /// Which of the triangles are drawn; all parts over each other make the picture.
  void setPart(DrawnPart part) { m_part = part; }
  void ReleaseGraphicsResources(vtkWindow* window) override;
  void RenderPieceDraw(vtkRenderer* renderer, vtkActor* actor) override;

 protected:
  SteadyMapper() = default;
  ~SteadyMapper() override = default;
  void BuildIBO(vtkRenderer* renderer, vtkActor* actor, vtkPolyData* mesh) override;

 private:
  std::pair<vtkCellArray*, vtkMTimeType> m_built;  // the triangles whose indices lie in the graphics memory
  DrawnPart m_part;
};

}  // namespace corticast
