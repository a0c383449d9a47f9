#include "widgets/brain/steady_mapper.h"

#include <vtkCellArray.h>
#include <vtkObjectFactory.h>
#include <vtkPolyData.h>

namespace corticast {

vtkStandardNewMacro(SteadyMapper);

void SteadyMapper::BuildIBO(vtkRenderer* renderer, vtkActor* actor, vtkPolyData* mesh) {
  const std::pair<vtkCellArray*, vtkMTimeType> wanted{mesh->GetPolys(), mesh->GetPolys()->GetMTime()};
  if (wanted == m_built) return;
  vtkOpenGLPolyDataMapper::BuildIBO(renderer, actor, mesh);
  m_built = wanted;
}

void SteadyMapper::ReleaseGraphicsResources(vtkWindow* window) {
  m_built = {};
  vtkOpenGLPolyDataMapper::ReleaseGraphicsResources(window);
}

}  // namespace corticast
