#pragma once
#include <QImage>
#include <QWidget>
#include <memory>
#include <optional>

#include "widgets/brain/brain_scene.h"
#include "widgets/cortex/draw_pacing.h"

class QLabel;
class QTimer;

namespace corticast {

class OffscreenWindow;
class Trackball;

/// BrainScene in a window: drag turns, wheel zooms, middle drag moves, hover and click tell the vertex. Draws only on
/// request: the coarse mesh at once while a person drags, else one panel, or a part of one, per turn of the event loop,
/// so that keys and mouse are never kept waiting for the whole picture.
///
/// The picture is drawn in memory and painted like any other widget's. A widget that is itself OpenGL makes Qt compose
/// the whole window by OpenGL whenever anything in it is repainted: in software that costs as much as the cortex.
class BrainView : public QWidget {
  Q_OBJECT

 public:
  /// Throws Error as makeDisplayContext() does.
  explicit BrainView(QWidget* parent = nullptr);
  ~BrainView() override;

  [[nodiscard]] BrainScene& scene() { return *m_scene; }
  void setViews(const ViewPreset& preset, const std::vector<Hemisphere>& shown);
  /// Draws soon; many requests make one frame.
  void requestRender();
  /// Draws the coarse meshes for as long as it is turned, as it does by itself for a person's mouse.
  void setInteracting(bool isInteracting);
  /// Draws the whole picture now.
  void drawNow();
  /// Frames drawn so far, for tests and measurements.
  [[nodiscard]] int frameCount() const { return m_frames; }

 Q_SIGNALS:
  /// The vertex under the pointer, none beside the cortex; at most 30 times a second.
  void hovered(const std::optional<corticast::VertexPick>& vertex);
  void clicked(const std::optional<corticast::VertexPick>& vertex);
  void interactingChanged(bool isInteracting);
  /// A camera was moved by the mouse.
  void turned();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void renderNow();
  void renderNextPart();
  void fitPicture();
  void readPanel(size_t panel);
  void placeLabels();
  [[nodiscard]] std::optional<VertexPick> pickAt(QPointF place) const;

  std::unique_ptr<OffscreenWindow> m_window;
  std::unique_ptr<BrainScene> m_scene;
  std::unique_ptr<Trackball> m_trackball;
  QImage m_picture;               ///< as it was drawn last, in pixels of the screen
  std::vector<QLabel*> m_labels;  ///< two per panel: its upper corners
  QTimer* m_renderTimer;
  QTimer* m_hoverTimer;
  QTimer* m_restTimer;
  QPointF m_pressed;
  QPointF m_pointer;
  int m_wheelTurned = 0;  ///< eighths of a degree since the last notch
  int m_frames = 0;
  bool m_isInteracting = false;
  size_t m_panel = 0;        ///< that is drawn next, of those drawn one by one
  size_t m_stalePanels = 0;  ///< that many, from this one on, show what was
  DrawPacing m_pacing;
  DrawnPart m_part;          ///< of the panel, drawn next
  double m_longestPart = 0;  ///< milliseconds, of the panel's parts so far
};

}  // namespace corticast
