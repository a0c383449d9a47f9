#include "widgets/brain/trackball.h"

#include <vtkCommand.h>
#include <vtkGenericRenderWindowInteractor.h>
#include <vtkInteractorStyleTrackballCamera.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkRenderWindow.h>

namespace corticast {
namespace {

/// VTK's trackball without its keys: those belong to the window's own shortcuts.
class QuietTrackball : public vtkInteractorStyleTrackballCamera {
 public:
  static QuietTrackball* New();
  vtkTypeMacro(QuietTrackball, vtkInteractorStyleTrackballCamera);
  void OnChar() override {}
  void OnKeyPress() override {}
};
vtkStandardNewMacro(QuietTrackball);

}  // namespace

struct Trackball::Parts {
  vtkNew<vtkGenericRenderWindowInteractor> interactor;

  void tell(unsigned long event, const Pointer& pointer) {
    interactor->SetEventInformationFlipY(pointer.x, pointer.y, pointer.isControl ? 1 : 0, pointer.isShift ? 1 : 0);
    interactor->InvokeEvent(event);
  }
};

Trackball::Trackball(vtkRenderWindow& window) : m_parts(std::make_unique<Parts>()) {
  vtkNew<QuietTrackball> style;
  auto& interactor = *m_parts->interactor;
  interactor.SetRenderWindow(&window);
  interactor.SetInteractorStyle(style);
  interactor.EnableRenderOff();  // else the style draws a frame for every event
  interactor.Initialize();
}

Trackball::~Trackball() = default;

void Trackball::resize(int width, int height) {
  m_parts->interactor->UpdateSize(width, height);
}

void Trackball::press(Button button, const Pointer& pointer) {
  constexpr unsigned long kEvents[] = {vtkCommand::LeftButtonPressEvent, vtkCommand::MiddleButtonPressEvent,
                                       vtkCommand::RightButtonPressEvent};
  m_parts->tell(kEvents[static_cast<size_t>(button)], pointer);
}

void Trackball::release(Button button, const Pointer& pointer) {
  constexpr unsigned long kEvents[] = {vtkCommand::LeftButtonReleaseEvent, vtkCommand::MiddleButtonReleaseEvent,
                                       vtkCommand::RightButtonReleaseEvent};
  m_parts->tell(kEvents[static_cast<size_t>(button)], pointer);
}

void Trackball::move(const Pointer& pointer) {
  m_parts->tell(vtkCommand::MouseMoveEvent, pointer);
}

void Trackball::zoom(bool isNearer, const Pointer& pointer) {
  m_parts->tell(isNearer ? vtkCommand::MouseWheelForwardEvent : vtkCommand::MouseWheelBackwardEvent, pointer);
}

}  // namespace corticast
