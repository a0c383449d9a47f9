#pragma once
#include <memory>

class vtkRenderWindow;

namespace corticast {

/// Turns the cameras of a render window as VTK's trackball does: the left button turns the panel under the pointer
/// (with Control it spins it, with Shift it moves it), the middle one moves it, the right one and the wheel zoom.
/// Draws nothing. The window must outlive it.
class Trackball {
 public:
  enum class Button { Left, Middle, Right };
  /// Where the pointer is, in the window's pixels from its upper left, and the keys held.
  struct Pointer {
    int x = 0;
    int y = 0;
    bool isShift = false;
    bool isControl = false;
  };

  explicit Trackball(vtkRenderWindow& window);
  ~Trackball();
  Trackball(const Trackball&) = delete;
  Trackball& operator=(const Trackball&) = delete;

  /// Gives the window another size; places are told in it.
  void resize(int width, int height);
  void press(Button button, const Pointer& pointer);
  void release(Button button, const Pointer& pointer);
  void move(const Pointer& pointer);
  /// One notch of the wheel.
  void zoom(bool isNearer, const Pointer& pointer);

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
