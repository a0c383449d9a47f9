#include "widgets/brain/offscreen_window.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <vtkCallbackCommand.h>
#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkImageData.h>
#include <vtkLogger.h>
#include <vtkNew.h>
#include <vtkWindowToImageFilter.h>

#include <algorithm>
#include <string>

#include "core/base/error.h"

namespace corticast {
namespace {

[[noreturn]] void fail(const std::string& why) {
  throw Error({.what = "draw without a display",
               .where = "EGL",
               .why = why,
               .remedy = "install Mesa's EGL and software OpenGL (libegl1, libgl1-mesa-dri)"});
}

/// An OpenGL core context bound to a tiny buffer; VTK draws into its own framebuffers.
class EglContext {
 public:
  EglContext() {
    const auto getDisplay =
        reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
    if (!getDisplay) fail("it has no surfaceless platform");
    m_display = getDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (m_display == EGL_NO_DISPLAY || !eglInitialize(m_display, nullptr, nullptr)) fail("no display could be opened");
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
    if (m_context == EGL_NO_CONTEXT) fail("OpenGL 3.2 is not available");
    makeCurrent();
  }
  ~EglContext() {
    eglMakeCurrent(m_display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(m_display, m_context);
    eglDestroySurface(m_display, m_surface);
    eglTerminate(m_display);
  }
  EglContext(const EglContext&) = delete;
  EglContext& operator=(const EglContext&) = delete;

  void makeCurrent() { eglMakeCurrent(m_display, m_surface, m_surface, m_context); }
  [[nodiscard]] bool isCurrent() const { return eglGetCurrentContext() == m_context; }

 private:
  EGLDisplay m_display = EGL_NO_DISPLAY;
  EGLSurface m_surface = EGL_NO_SURFACE;
  EGLContext m_context = EGL_NO_CONTEXT;
};

void onWindowEvent(vtkObject*, unsigned long event, void* clientData, void* callData) {
  auto& context = *static_cast<EglContext*>(clientData);
  if (event == vtkCommand::WindowMakeCurrentEvent) context.makeCurrent();
  if (event == vtkCommand::WindowIsCurrentEvent) *static_cast<bool*>(callData) = context.isCurrent();
}

/// VTK 9.1 asks GLEW for a GLX display, which is not there, and complains at every start of drawing; the functions it
/// needs are loaded all the same. Such text is kept from the terminal while this lives.
class QuietVtk {
 public:
  QuietVtk() : m_verbosity(vtkLogger::GetCurrentVerbosityCutoff()) {
    vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_OFF);
  }
  ~QuietVtk() { vtkLogger::SetStderrVerbosity(m_verbosity); }
  QuietVtk(const QuietVtk&) = delete;
  QuietVtk& operator=(const QuietVtk&) = delete;

 private:
  vtkLogger::Verbosity m_verbosity;
};

}  // namespace

struct OffscreenWindow::Parts {
  EglContext context;
  vtkNew<vtkGenericOpenGLRenderWindow> window;
  vtkNew<vtkCallbackCommand> callback;
};

OffscreenWindow::OffscreenWindow(int width, int height) : m_parts(std::make_unique<Parts>()) {
  auto& window = *m_parts->window;
  m_parts->callback->SetCallback(onWindowEvent);
  m_parts->callback->SetClientData(&m_parts->context);
  window.AddObserver(vtkCommand::WindowMakeCurrentEvent, m_parts->callback);
  window.AddObserver(vtkCommand::WindowIsCurrentEvent, m_parts->callback);
  window.SetOwnContext(0);
  window.SetReadyForRendering(true);
  window.SetSupportsOpenGL(true);
  window.SetIsDirect(true);
  window.SetMultiSamples(0);
  window.SetAlphaBitPlanes(1);
  window.SetOffScreenRendering(true);
  window.SetSize(width, height);
  const QuietVtk quiet;
  window.OpenGLInit();
}

OffscreenWindow::~OffscreenWindow() {
  m_parts->window->Finalize();
  m_parts->window->RemoveAllObservers();
}

vtkRenderWindow& OffscreenWindow::window() {
  return *m_parts->window;
}

RgbaImage OffscreenWindow::capture() {
  const QuietVtk quiet;
  m_parts->window->Render();
  vtkNew<vtkWindowToImageFilter> filter;
  filter->SetInput(m_parts->window);
  filter->SetInputBufferTypeToRGBA();
  filter->ReadFrontBufferOff();
  filter->ShouldRerenderOff();
  filter->Update();
  vtkImageData* data = filter->GetOutput();
  const int* size = data->GetDimensions();
  RgbaImage image{.width = size[0], .height = size[1], .pixels = {}};
  image.pixels.resize(static_cast<size_t>(size[0]) * static_cast<size_t>(size[1]) * 4);
  const auto* source = static_cast<const uint8_t*>(data->GetScalarPointer());
  const size_t rowBytes = static_cast<size_t>(size[0]) * 4;
  for (size_t row = 0; row < static_cast<size_t>(size[1]); ++row)
    std::copy_n(source + (static_cast<size_t>(size[1]) - 1 - row) * rowBytes, rowBytes, &image.pixels[row * rowBytes]);
  return image;
}

}  // namespace corticast
