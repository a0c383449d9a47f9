#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "widgets/brain/gl_context.h"

class vtkRenderWindow;

namespace corticast {

/// A picture with alpha, rows from the top, 4 bytes per pixel (red, green, blue, alpha; not premultiplied).
struct RgbaImage {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;
};

/// A part of a picture in pixels, rows counted from the top.
struct PixelRect {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

/// A VTK render window that is on no screen: what it draws is read back from memory. One thread only.
class OffscreenWindow {
 public:
  /// Throws Error as makeEglContext() does where no context is given.
  OffscreenWindow(int width, int height, std::unique_ptr<GlContext> context = makeEglContext());
  ~OffscreenWindow();
  OffscreenWindow(const OffscreenWindow&) = delete;
  OffscreenWindow& operator=(const OffscreenWindow&) = delete;

  [[nodiscard]] vtkRenderWindow& window();
  /// To be called before the window is drawn, where other OpenGL contexts are used by the same thread.
  void makeCurrent();
  /// Waits until what was drawn last is there, and copies a part of it to the same part of a picture of the window's
  /// size: rows from the top, `bytesPerRow` apart, 4 bytes per pixel (blue, green, red, alpha).
  void read(const PixelRect& part, uint8_t* picture, size_t bytesPerRow);
  /// Renders and reads the whole picture.
  [[nodiscard]] RgbaImage capture();

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
