#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"

namespace corticast {

/// From where the cortex is looked at. Lateral is the outer side of a hemisphere, medial its inner side.
enum class ViewDirection { Lateral, Medial, Dorsal, Ventral, Anterior, Posterior };

/// One picture of the cortex inside the view: which hemispheres it shows and from where.
struct ViewPanel {
  std::vector<Hemisphere> hemispheres;
  ViewDirection direction = ViewDirection::Lateral;
  int row = 0;
  int column = 0;
};

/// What stands in the upper corners of a panel. Where both hemispheres are in one picture, each has its name on its own
/// side: seen from below or from the front, the right one is on the left.
struct PanelLabels {
  std::string left;   ///< "LH lateral", "RH ventral"
  std::string right;  ///< empty where one hemisphere is shown
  bool operator==(const PanelLabels&) const = default;
};
/// A flat patch is seen from above, whatever the panel's direction: "LH".
[[nodiscard]] PanelLabels labelsOf(const ViewPanel& panel, bool isFlat);

/// A named arrangement of panels on a grid.
struct ViewPreset {
  std::string id;
  std::string label;
  int rows = 1;
  int columns = 1;
  std::vector<ViewPanel> panels;
};

/// All arrangements, in the order of their number keys: lateral, medial, lateral and medial, ventral, dorsal,
/// posterior.
[[nodiscard]] const std::vector<ViewPreset>& viewPresets();
[[nodiscard]] const ViewPreset* findViewPreset(const std::string& id);

/// The preset with the panels of absent hemispheres taken out and the grid closed up.
[[nodiscard]] ViewPreset restricted(const ViewPreset& preset, const std::vector<Hemisphere>& hemispheres);

/// Camera directions in surface coordinates (x right, y anterior, z superior): from the surface towards the camera, and
/// up.
struct CameraFrame {
  double toCamera[3];
  double up[3];
};
[[nodiscard]] CameraFrame cameraFrame(ViewDirection direction, Hemisphere hemisphere);

}  // namespace corticast
