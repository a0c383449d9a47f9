#include "widgets/brain/steady_mapper.h"

#include <GL/gl.h>
#include <vtkCellArray.h>
#include <vtkObjectFactory.h>
#include <vtkOpenGLIndexBufferObject.h>
#include <vtkPolyData.h>

#include <algorithm>
#include <cstdint>

namespace corticast {
namespace {

// Software OpenGL fills the triangles given so far on other threads while it sets up the next ones: a sixth less time.
constexpr size_t kTrianglesAtOnce = 40'000;

}  // namespace

vtkStandardNewMacro(SteadyMapper);

void SteadyMapper::BuildIBO(vtkRenderer* renderer, vtkActor* actor, vtkPolyData* mesh) {
  const std::pair<vtkCellArray*, vtkMTimeType> wanted{mesh->GetPolys(), mesh->GetPolys()->GetMTime()};
  if (wanted == m_built) return;
  vtkOpenGLPolyDataMapper::BuildIBO(renderer, actor, mesh);
  m_built = wanted;
}

void SteadyMapper::RenderPieceDraw(vtkRenderer* renderer, vtkActor* actor) {
  vtkOpenGLHelper& triangles = Primitives[PrimitiveTris];
  const size_t total = triangles.IBO->IndexCount / 3;
  const auto upTo = [&](int parts) { return total * static_cast<size_t>(parts) / static_cast<size_t>(m_part.count); };
  const size_t first = upTo(m_part.number), count = upTo(m_part.number + 1) - first;
  if (count == 0) return;
  UpdateShaders(triangles, renderer, actor);
  triangles.IBO->Bind();
  for (size_t done = 0; done < count; done += kTrianglesAtOnce) {
    glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(3 * std::min(kTrianglesAtOnce, count - done)), GL_UNSIGNED_INT,
                   reinterpret_cast<const void*>(3 * (first + done) * sizeof(uint32_t)));
    glFlush();
  }
  triangles.IBO->Release();
}

void SteadyMapper::ReleaseGraphicsResources(vtkWindow* window) {
  m_built = {};
  vtkOpenGLPolyDataMapper::ReleaseGraphicsResources(window);
}

}  // namespace corticast
