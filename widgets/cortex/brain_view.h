#pragma once
#include <QVTKOpenGLNativeWidget.h>

#include <memory>
#include <optional>

#include "widgets/brain/brain_scene.h"

class QLabel;
class QTimer;

namespace corticast {

/// BrainScene in a window: drag turns, wheel zooms, middle drag moves, hover and click tell the vertex. Renders only on
/// request: the coarse mesh at once while a person drags, else one panel per turn of the event loop, so that keys and
/// mouse are never kept waiting for the whole picture.
class BrainView : public QVTKOpenGLNativeWidget {
  Q_OBJECT

 public:
  /// Call before the QApplication is made: the surface format that VTK needs, without multisampling (on software
  /// OpenGL it makes a frame three times as slow).
  static void prepareApplication();

  explicit BrainView(QWidget* parent = nullptr);
  ~BrainView() override;

  [[nodiscard]] BrainScene& scene() { return *m_scene; }
  void setViews(const ViewPreset& preset, const std::vector<Hemisphere>& shown);
  /// Draws soon; many requests make one frame.
  void requestRender();
  /// Frames drawn so far, for tests and measurements.
  [[nodiscard]] int frameCount() const { return m_frames; }

 Q_SIGNALS:
  /// The vertex under the pointer, none beside the cortex; at most 30 times a second.
  void hovered(const std::optional<corticast::VertexPick>& vertex);
  void clicked(const std::optional<corticast::VertexPick>& vertex);

 protected:
  void initializeGL() override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void renderNow();
  void renderNextPanel();
  void setInteracting(bool isInteracting);
  void placeLabels();
  [[nodiscard]] std::optional<VertexPick> pickAt(QPointF place) const;

  vtkNew<vtkGenericOpenGLRenderWindow> m_window;
  std::unique_ptr<BrainScene> m_scene;
  std::vector<QLabel*> m_labels;  ///< two per panel: its upper corners
  QTimer* m_renderTimer;
  QTimer* m_hoverTimer;
  QTimer* m_restTimer;
  QPointF m_pressed;
  QPointF m_pointer;
  int m_frames = 0;
  bool m_isInteracting = false;
  size_t m_nextPanel = 0;    ///< of those drawn one by one
  size_t m_stalePanels = 0;  ///< that many, from the next on, show what was
};

}  // namespace corticast
