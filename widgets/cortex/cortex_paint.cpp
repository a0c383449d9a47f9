#include "widgets/cortex/cortex_paint.h"

#include <QColor>
#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "widgets/style/roi_colours.h"

namespace corticast {
namespace {

constexpr float kLabelOpacity = 0.8F;
constexpr double kCurrentWidth = 4;

/// Calls `action(roi, key)` for each selected ROI of the hemisphere.
void forSelected(const HemisphereData& hemisphere, const std::set<RoiKey>& selected, const auto& action) {
  for (const Roi& roi : hemisphere.rois) {
    const RoiKey key{hemisphere.hemisphere, roi.roiClass, roi.name};
    if (!roi.isAbsent() && selected.contains(key)) action(roi, key);
  }
}

/// What outlineOf() gives for each ROI alone, by one walk over the triangles: at full resolution a walk per ROI takes
/// as long as a frame.
std::vector<Outline> borders(const HemisphereData& hemisphere, std::span<const Roi* const> rois,
                             std::span<const Triangle> triangles, size_t vertexCount) {
  constexpr size_t kBits = 64;
  std::vector<Outline> outlines(rois.size());
  std::vector<uint64_t> members(vertexCount);
  for (size_t first = 0; first < rois.size(); first += kBits) {
    std::ranges::fill(members, 0);
    for (size_t i = 0; i < std::min(kBits, rois.size() - first); ++i) {
      const Roi& roi = *rois[first + i];
      outlines[first + i].colour = toRgb(roiColour(roi.roiClass, roi.name));
      for (const uint32_t column : roi.columns)
        if (hemisphere.vertices[column] < vertexCount) members[hemisphere.vertices[column]] |= uint64_t{1} << i;
    }
    for (const Triangle& t : triangles) {
      const std::array<uint64_t, 3> at = {members[static_cast<size_t>(t[0])], members[static_cast<size_t>(t[1])],
                                          members[static_cast<size_t>(t[2])]};
      for (uint64_t cut = (at[0] | at[1] | at[2]) & ~(at[0] & at[1] & at[2]); cut != 0; cut &= cut - 1) {
        std::array<Outline::EdgePoint, 2> crossings{};
        size_t count = 0;
        for (size_t i = 0; i < 3; ++i)
          if (((at[i] ^ at[(i + 1) % 3]) & cut & -cut) != 0) crossings[count++] = {t[i], t[(i + 1) % 3]};
        outlines[first + static_cast<size_t>(std::countr_zero(cut))].segments.push_back(crossings);
      }
    }
  }
  return outlines;
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
  std::vector<const Roi*> rois;
  forSelected(hemisphere, selected, [&](const Roi& roi, const RoiKey& key) {
    if (current != key) rois.push_back(&roi);
  });
  bool hasCurrent = false;
  if (current && current->hemisphere == hemisphere.hemisphere)
    for (const Roi& roi : hemisphere.rois)
      if (roi.name == current->name && roi.roiClass == current->roiClass && !roi.isAbsent()) {
        rois.push_back(&roi);
        hasCurrent = true;
      }
  std::vector<Outline> outlines = borders(hemisphere, rois, triangles, vertexCount);
  if (hasCurrent) outlines.back().width = kCurrentWidth;
  return outlines;
}

}  // namespace corticast
