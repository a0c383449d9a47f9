#pragma once
#include <vtkOpenGLPolyDataMapper.h>

#include <utility>

namespace corticast {

/// A mapper that builds its triangle indices once per set of triangles. VTK 9.1 builds them again whenever any array of
/// the mesh changes: 8 ms for a new map on 327,684 vertices, three times that beside a training run. For surfaces of
/// triangles only, drawn filled and in one window.
class SteadyMapper : public vtkOpenGLPolyDataMapper {
 public:
  static SteadyMapper* New();
  vtkTypeMacro(SteadyMapper, vtkOpenGLPolyDataMapper);
  SteadyMapper(const SteadyMapper&) = delete;
  SteadyMapper& operator=(const SteadyMapper&) = delete;

  void ReleaseGraphicsResources(vtkWindow* window) override;

 protected:
  SteadyMapper() = default;
  ~SteadyMapper() override = default;
  void BuildIBO(vtkRenderer* renderer, vtkActor* actor, vtkPolyData* mesh) override;

 private:
  std::pair<vtkCellArray*, vtkMTimeType> m_built;  // the triangles whose indices lie in the graphics memory
};

}  // namespace corticast
