#include "widgets/brain/view_preset.h"

#include <algorithm>
#include <set>

namespace corticast {
namespace {

constexpr Hemisphere kLeft = Hemisphere::Left;
constexpr Hemisphere kRight = Hemisphere::Right;

std::vector<ViewPanel> pair(ViewDirection direction, int row = 0) {
  // As the brain is seen from outside: the medial pair keeps left on the left.
  return {{{kLeft}, direction, row, 0}, {{kRight}, direction, row, 1}};
}

std::vector<ViewPanel> both(ViewDirection direction) {
  return {{{kLeft, kRight}, direction, 0, 0}};
}

std::vector<ViewPanel> lateralAndMedial() {
  std::vector<ViewPanel> panels = pair(ViewDirection::Lateral, 0);
  for (const ViewPanel& panel : pair(ViewDirection::Medial, 1)) panels.push_back(panel);
  return panels;
}

}  // namespace

PanelLabels labelsOf(const ViewPanel& panel, bool isFlat) {
  static constexpr const char* kDirections[] = {" lateral", " medial",   " dorsal",
                                                " ventral", " anterior", " posterior"};
  const std::string direction = isFlat ? "" : kDirections[static_cast<int>(panel.direction)];
  if (panel.hemispheres.size() == 1) return {(panel.hemispheres.front() == kLeft ? "LH" : "RH") + direction, ""};
  const bool isMirrored =
      !isFlat && (panel.direction == ViewDirection::Ventral || panel.direction == ViewDirection::Anterior);
  const PanelLabels labels{"LH" + direction, "RH" + direction};
  return isMirrored ? PanelLabels{labels.right, labels.left} : labels;
}

const std::vector<ViewPreset>& viewPresets() {
  static const std::vector<ViewPreset> kPresets = {
      {"lateral", "Lateral", 1, 2, pair(ViewDirection::Lateral)},
      {"medial", "Medial", 1, 2, pair(ViewDirection::Medial)},
      {"lateral-medial", "Lateral and medial", 2, 2, lateralAndMedial()},
      {"ventral", "Ventral", 1, 1, both(ViewDirection::Ventral)},
      {"dorsal", "Dorsal", 1, 1, both(ViewDirection::Dorsal)},
      {"posterior", "Posterior", 1, 1, both(ViewDirection::Posterior)},
  };
  return kPresets;
}

const ViewPreset* findViewPreset(const std::string& id) {
  const auto found = std::ranges::find(viewPresets(), id, &ViewPreset::id);
  return found == viewPresets().end() ? nullptr : &*found;
}

ViewPreset restricted(const ViewPreset& preset, const std::vector<Hemisphere>& hemispheres) {
  ViewPreset result = preset;
  result.panels.clear();
  std::set<int> usedColumns;
  for (ViewPanel panel : preset.panels) {
    std::erase_if(panel.hemispheres,
                  [&](Hemisphere h) { return std::ranges::find(hemispheres, h) == hemispheres.end(); });
    if (panel.hemispheres.empty()) continue;
    usedColumns.insert(panel.column);
    result.panels.push_back(std::move(panel));
  }
  for (ViewPanel& panel : result.panels)
    panel.column = static_cast<int>(std::distance(usedColumns.begin(), usedColumns.find(panel.column)));
  result.columns = std::max<int>(1, static_cast<int>(usedColumns.size()));
  return result;
}

CameraFrame cameraFrame(ViewDirection direction, Hemisphere hemisphere) {
  const double outwards = hemisphere == Hemisphere::Left ? -1.0 : 1.0;
  switch (direction) {
    case ViewDirection::Lateral:
      return {{outwards, 0, 0}, {0, 0, 1}};
    case ViewDirection::Medial:
      return {{-outwards, 0, 0}, {0, 0, 1}};
    case ViewDirection::Dorsal:
      return {{0, 0, 1}, {0, 1, 0}};
    // Front up, as in a view from above: the hemispheres change sides, and labels say so.
    case ViewDirection::Ventral:
      return {{0, 0, -1}, {0, 1, 0}};
    case ViewDirection::Anterior:
      return {{0, 1, 0}, {0, 0, 1}};
    case ViewDirection::Posterior:
      return {{0, -1, 0}, {0, 0, 1}};
  }
  return {{0, 0, 1}, {0, 1, 0}};
}

}  // namespace corticast
