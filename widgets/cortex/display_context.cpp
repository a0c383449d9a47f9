#include "widgets/cortex/display_context.h"

#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QSurfaceFormat>

#include "core/base/error.h"

namespace corticast {
namespace {

QSurfaceFormat neededFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setVersion(3, 2);
  return format;
}

class DisplayContext final : public GlContext {
 public:
  DisplayContext() {
    m_context.setFormat(neededFormat());
    m_surface.setFormat(neededFormat());
    if (!m_context.create()) return;
    m_surface.create();
  }

  /// Whether it can be drawn with; a display may offer an older OpenGL than it was asked for.
  [[nodiscard]] bool isUsable() {
    return m_context.isValid() && m_surface.isValid() && m_context.makeCurrent(&m_surface) &&
           m_context.format().version() >= neededFormat().version();
  }

  void makeCurrent() override { m_context.makeCurrent(&m_surface); }
  [[nodiscard]] bool isCurrent() const override { return QOpenGLContext::currentContext() == &m_context; }

 private:
  QOffscreenSurface m_surface;
  QOpenGLContext m_context;
};

}  // namespace

std::unique_ptr<GlContext> makeDisplayContext() {
  auto context = std::make_unique<DisplayContext>();
  if (context->isUsable()) return context;
  try {
    return makeEglContext();
  } catch (const Error&) {
    throw Error({.what = "open the window",
                 .where = "OpenGL",
                 .why = "no OpenGL 3.2 context can be made on this display",
                 .remedy = "use a display with OpenGL 3.2 (Xvfb with Mesa will do)"});
  }
}

}  // namespace corticast
