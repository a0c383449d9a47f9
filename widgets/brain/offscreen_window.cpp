#include "widgets/brain/offscreen_window.h"

#include <vtkCallbackCommand.h>
#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <iostream>
#include <string_view>

namespace corticast {
namespace {

/// VTK 9.1 asks GLEW for a GLX display and complains at every start of drawing where there is none; the functions it
/// needs are loaded all the same.
bool isHarmless(std::string_view complaint) {
  return complaint.find("GLEW could not be initialized") != std::string_view::npos;
}

void onWindowEvent(vtkObject*, unsigned long event, void* clientData, void* callData) {
  auto& context = *static_cast<GlContext*>(clientData);
  if (event == vtkCommand::WindowMakeCurrentEvent) context.makeCurrent();
  if (event == vtkCommand::WindowIsCurrentEvent) *static_cast<bool*>(callData) = context.isCurrent();
  if (event == vtkCommand::ErrorEvent && !isHarmless(static_cast<const char*>(callData)))
    std::cerr << static_cast<const char*>(callData);
}

}  // namespace

struct OffscreenWindow::Parts {
  std::unique_ptr<GlContext> context;
  vtkNew<vtkGenericOpenGLRenderWindow> window;
  vtkNew<vtkCallbackCommand> callback;
  vtkNew<vtkUnsignedCharArray> read;  // red, green, blue, alpha; rows from below

  /// Reads a part and calls `put(row from the part's top, its pixels)` for each row.
  template <typename Put>
  void forRows(const PixelRect& part, const Put& put) {
    const int below = window->GetSize()[1] - part.top - part.height;
    window->GetRGBACharPixelData(part.left, below, part.left + part.width - 1, below + part.height - 1, 0, read);
    const size_t rowBytes = static_cast<size_t>(part.width) * 4;
    for (int row = 0; row < part.height; ++row)
      put(static_cast<size_t>(part.height - 1 - row), read->GetPointer(0) + static_cast<size_t>(row) * rowBytes);
  }
};

OffscreenWindow::OffscreenWindow(int width, int height, std::unique_ptr<GlContext> context)
    : m_parts(std::make_unique<Parts>(std::move(context))) {
  auto& window = *m_parts->window;
  m_parts->callback->SetCallback(onWindowEvent);
  m_parts->callback->SetClientData(m_parts->context.get());
  window.AddObserver(vtkCommand::WindowMakeCurrentEvent, m_parts->callback);
  window.AddObserver(vtkCommand::WindowIsCurrentEvent, m_parts->callback);
  window.AddObserver(vtkCommand::ErrorEvent, m_parts->callback);
  window.SetOwnContext(0);
  window.SetReadyForRendering(true);
  window.SetSupportsOpenGL(true);
  window.SetIsDirect(true);
  window.SetMultiSamples(0);
  window.SetAlphaBitPlanes(1);
  window.SetOffScreenRendering(true);
  window.SetFrameBlitModeToNoBlit();
  window.SetSize(width, height);
  makeCurrent();
  window.OpenGLInit();
}

OffscreenWindow::~OffscreenWindow() {
  makeCurrent();
  m_parts->window->Finalize();
  m_parts->window->RemoveAllObservers();
}

vtkRenderWindow& OffscreenWindow::window() {
  return *m_parts->window;
}

void OffscreenWindow::makeCurrent() {
  m_parts->context->makeCurrent();
}

void OffscreenWindow::read(const PixelRect& part, uint8_t* picture, size_t bytesPerRow) {
  m_parts->forRows(part, [&](size_t row, const uint8_t* pixels) {
    uint8_t* to = picture + (static_cast<size_t>(part.top) + row) * bytesPerRow + static_cast<size_t>(part.left) * 4;
    for (int i = 0; i < part.width; ++i, to += 4, pixels += 4) {
      to[0] = pixels[2];
      to[1] = pixels[1];
      to[2] = pixels[0];
      to[3] = pixels[3];
    }
  });
}

RgbaImage OffscreenWindow::capture() {
  makeCurrent();
  m_parts->window->Render();
  const int* size = m_parts->window->GetSize();
  RgbaImage image{.width = size[0], .height = size[1], .pixels = {}};
  const size_t rowBytes = static_cast<size_t>(size[0]) * 4;
  image.pixels.resize(static_cast<size_t>(size[1]) * rowBytes);
  m_parts->forRows({.width = size[0], .height = size[1]}, [&](size_t row, const uint8_t* pixels) {
    std::copy_n(pixels, rowBytes, &image.pixels[row * rowBytes]);
  });
  return image;
}

}  // namespace corticast
