#include <EGL/egl.h>
#include <EGL/eglext.h>

#include <string>

#include "core/base/error.h"
#include "widgets/brain/gl_context.h"

namespace corticast {
namespace {

[[noreturn]] void fail(const std::string& why) {
  throw Error({.what = "draw without a display",
               .where = "EGL",
               .why = why,
               .remedy = "install Mesa's EGL and software OpenGL (libegl1, libgl1-mesa-dri)"});
}

/// One for the whole process, and never closed: closing it would take the ground from under other contexts.
EGLDisplay surfacelessDisplay() {
  static const EGLDisplay display = [] {
    const auto getDisplay =
        reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
    if (!getDisplay) fail("it has no surfaceless platform");
    const EGLDisplay opened = getDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (opened == EGL_NO_DISPLAY || !eglInitialize(opened, nullptr, nullptr)) fail("no display could be opened");
    return opened;
  }();
  return display;
}

/// A core context bound to a tiny buffer.
class EglContext final : public GlContext {
 public:
  EglContext() : m_display(surfacelessDisplay()) {
    if (!eglBindAPI(EGL_OPENGL_API)) fail("it offers no desktop OpenGL");
    const EGLint wanted[] = {EGL_SURFACE_TYPE,
                             EGL_PBUFFER_BIT,
                             EGL_RENDERABLE_TYPE,
                             EGL_OPENGL_BIT,
                             EGL_RED_SIZE,
                             8,
                             EGL_GREEN_SIZE,
                             8,
                             EGL_BLUE_SIZE,
                             8,
                             EGL_ALPHA_SIZE,
                             8,
                             EGL_DEPTH_SIZE,
                             24,
                             EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    if (!eglChooseConfig(m_display, wanted, &config, 1, &count) || count < 1) fail("no fitting buffer format");
    const EGLint size[] = {EGL_WIDTH, 16, EGL_HEIGHT, 16, EGL_NONE};
    m_surface = eglCreatePbufferSurface(m_display, config, size);
    const EGLint version[] = {
        EGL_CONTEXT_MAJOR_VERSION,           3,       EGL_CONTEXT_MINOR_VERSION, 2, EGL_CONTEXT_OPENGL_PROFILE_MASK,
        EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
    m_context = eglCreateContext(m_display, config, EGL_NO_CONTEXT, version);
    if (m_context == EGL_NO_CONTEXT) {
      eglDestroySurface(m_display, m_surface);
      fail("OpenGL 3.2 is not available");
    }
  }
  ~EglContext() override {
    if (isCurrent()) eglMakeCurrent(m_display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(m_display, m_context);
    eglDestroySurface(m_display, m_surface);
  }

  void makeCurrent() override { eglMakeCurrent(m_display, m_surface, m_surface, m_context); }
  [[nodiscard]] bool isCurrent() const override { return eglGetCurrentContext() == m_context; }

 private:
  EGLDisplay m_display;
  EGLSurface m_surface = EGL_NO_SURFACE;
  EGLContext m_context = EGL_NO_CONTEXT;
};

}  // namespace

std::unique_ptr<GlContext> makeEglContext() {
  return std::make_unique<EglContext>();
}

}  // namespace corticast
