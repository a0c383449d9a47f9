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

/// "LH lateral", or "dorsal" where both hemispheres are in one picture.
[[nodiscard]] std::string labelOf(const ViewPanel& panel);

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
