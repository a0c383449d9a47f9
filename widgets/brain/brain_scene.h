#pragma once
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "widgets/brain/cortex_geometry.h"
#include "widgets/brain/hemisphere_actor.h"
#include "widgets/brain/view_preset.h"

class vtkRenderWindow;
class vtkRenderer;

namespace corticast {

struct SceneColours {
  Rgb background{250, 250, 250};
  Rgb gyrus{204, 204, 204};
  Rgb sulcus{148, 148, 148};
  bool isTransparent = false;  ///< draws no background (figures)
};

/// Where on the cortex a person points.
struct VertexPick {
  Hemisphere hemisphere = Hemisphere::Left;
  uint32_t vertex = 0;  ///< fsaverage index
  bool operator==(const VertexPick&) const = default;
};

/// The cortex in a VTK render window: one or two hemispheres in one or several panels (renderers that share the
/// hemispheres' buffers). Knows no Qt: the same scene is drawn on screen and without a display. Nothing is drawn until
/// render(). UI thread only; the window must outlive the scene.
class BrainScene {
 public:
  explicit BrainScene(vtkRenderWindow& window);
  ~BrainScene();
  BrainScene(const BrainScene&) = delete;
  BrainScene& operator=(const BrainScene&) = delete;

  void setGeometry(Hemisphere hemisphere, const CortexGeometry& geometry);
  void setPositions(Hemisphere hemisphere, std::span<const Position> positions);
  void setMap(Hemisphere hemisphere, std::span<const float> values);
  void setPaint(Hemisphere hemisphere, std::span<const Paint> paint);
  void setOutlines(Hemisphere hemisphere, std::vector<Outline> outlines);
  void setMarker(std::optional<VertexPick> vertex, Rgb colour);
  void setColours(const MapColours& colours);
  void setSceneColours(const SceneColours& colours);

  /// Arranges the panels and turns all cameras to the preset's directions; absent hemispheres are left out.
  void setViews(const ViewPreset& preset, const std::vector<Hemisphere>& shown);
  /// Fits every panel to its hemispheres without turning its camera.
  void fit();
  /// Turns the panel that looks nearest to these vertices so that it faces them, and fits it to them.
  void frame(Hemisphere hemisphere, std::span<const uint32_t> vertices);
  /// Looks through the cameras of a scene with the same views, so that turning either turns both; until setViews().
  void shareCameras(BrainScene& other);
  /// Both surfaces are flat patches seen from above: panels show them in their plane.
  void setFlat(bool isFlat);
  /// Draws the coarse meshes while a person drags.
  void setInteracting(bool isInteracting);

  /// The vertex under a place in window pixels, origin at the lower left; none beside the cortex.
  [[nodiscard]] std::optional<VertexPick> pick(double x, double y) const;
  void render();
  /// Draws one panel, or a part of it, and leaves the others as they are; waits until it is done. The parts of a panel
  /// are drawn one after the other, over each other. `panel` < panelCount().
  void renderPanel(size_t panel, DrawnPart part = {});

  [[nodiscard]] size_t panelCount() const;
  /// The panel's place in the window as x0, y0, x1, y1 in 0..1, and what it shows, for labels.
  [[nodiscard]] std::array<double, 4> panelViewport(size_t panel) const;
  [[nodiscard]] const ViewPanel& panel(size_t panel) const;
  /// As the panel is seen now: once it is turned away from its preset, the hemispheres' names without a direction.
  [[nodiscard]] PanelLabels labels(size_t panel) const;
  /// Ray through a pixel in scene coordinates, as pick() uses it.
  struct Ray {
    double from[3];
    double to[3];
  };
  [[nodiscard]] Ray rayThrough(size_t panel, double x, double y) const;
  [[nodiscard]] const HemisphereActor& hemisphere(Hemisphere hemisphere) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace corticast
