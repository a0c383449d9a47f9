#pragma once
#include <cstdint>
#include <memory>
#include <vector>

class vtkRenderWindow;

namespace corticast {

/// A picture with alpha, rows from the top, 4 bytes per pixel (red, green, blue, alpha; not premultiplied).
struct RgbaImage {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;
};

/// A VTK render window without any display: EGL's surfaceless platform, by the graphics card where its driver offers
/// it, else in software. Throws Error when there is no EGL or no OpenGL 3.2.
class OffscreenWindow {
 public:
  OffscreenWindow(int width, int height);
  ~OffscreenWindow();
  OffscreenWindow(const OffscreenWindow&) = delete;
  OffscreenWindow& operator=(const OffscreenWindow&) = delete;

  [[nodiscard]] vtkRenderWindow& window();
  /// Renders and reads the picture.
  [[nodiscard]] RgbaImage capture();

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
