#include "widgets/cortex/cortex_paint.h"

#include <QColor>
#include <limits>

#include "widgets/style/roi_colours.h"

namespace corticast {
namespace {

constexpr float kLabelOpacity = 0.8F;

/// Calls `action(roi, key)` for each selected ROI of the hemisphere.
void forSelected(const HemisphereData& hemisphere, const std::set<RoiKey>& selected, const auto& action) {
  for (const Roi& roi : hemisphere.rois) {
    const RoiKey key{hemisphere.hemisphere, roi.roiClass, roi.name};
    if (!roi.isAbsent() && selected.contains(key)) action(roi, key);
  }
}

Outline border(const HemisphereData& hemisphere, const Roi& roi, std::span<const Triangle> triangles,
               size_t vertexCount) {
  std::vector<bool> isInside(vertexCount, false);
  for (const uint32_t column : roi.columns)
    if (hemisphere.vertices[column] < vertexCount) isInside[hemisphere.vertices[column]] = true;
  return outlineOf(triangles, isInside, toRgb(roiColour(roi.roiClass, roi.name)));
}

}  // namespace

Rgb toRgb(const QColor& colour) {
  return {static_cast<uint8_t>(colour.red()), static_cast<uint8_t>(colour.green()),
          static_cast<uint8_t>(colour.blue())};
}

std::vector<float> onVertices(const HemisphereData& hemisphere, std::span<const float> columns, size_t vertexCount) {
  std::vector<float> values(vertexCount, std::numeric_limits<float>::quiet_NaN());
  for (size_t column = 0; column < columns.size() && column < hemisphere.vertices.size(); ++column)
    if (hemisphere.vertices[column] < vertexCount) values[hemisphere.vertices[column]] = columns[column];
  return values;
}

std::vector<Paint> paintRois(const HemisphereData& hemisphere, const std::set<RoiKey>& selected, size_t vertexCount) {
  std::vector<Paint> paint(vertexCount);
  forSelected(hemisphere, selected, [&](const Roi& roi, const RoiKey&) {
    const Paint colour{toRgb(roiColour(roi.roiClass, roi.name)), kLabelOpacity};
    for (const uint32_t column : roi.columns)
      if (hemisphere.vertices[column] < vertexCount) paint[hemisphere.vertices[column]] = colour;
  });
  return paint;
}

std::vector<Outline> outlineRois(const HemisphereData& hemisphere, const std::set<RoiKey>& selected,
                                 const std::optional<RoiKey>& current, std::span<const Triangle> triangles,
                                 size_t vertexCount) {
  std::vector<Outline> outlines;
  std::optional<Outline> top;
  forSelected(hemisphere, selected, [&](const Roi& roi, const RoiKey& key) {
    if (current == key) return;
    outlines.push_back(border(hemisphere, roi, triangles, vertexCount));
  });
  if (current && current->hemisphere == hemisphere.hemisphere)
    for (const Roi& roi : hemisphere.rois)
      if (roi.name == current->name && roi.roiClass == current->roiClass && !roi.isAbsent()) {
        top = border(hemisphere, roi, triangles, vertexCount);
        top->width = 4;
        outlines.push_back(std::move(*top));
      }
  return outlines;
}

}  // namespace corticast
