#pragma once
#include <span>
#include <vector>

#include "widgets/cortex/cortex_surfaces.h"
#include "widgets/state/workbench_state.h"

/// What the study's columns and ROIs look like on a template's vertices. Vertices beyond the template (a
/// full-resolution study on fsaverage5) are left out.
namespace corticast {

/// One value per vertex from one value per column; NaN where the hemisphere has no column.
[[nodiscard]] std::vector<float> onVertices(const HemisphereData& hemisphere, std::span<const float> columns,
                                            size_t vertexCount);

/// Selected ROIs of a hemisphere as flat colours; where they overlap the later in the study's order is on top.
[[nodiscard]] std::vector<Paint> paintRois(const HemisphereData& hemisphere, const std::set<RoiKey>& selected,
                                           size_t vertexCount);

/// Borders of the selected ROIs, the current one on top and wider.
[[nodiscard]] std::vector<Outline> outlineRois(const HemisphereData& hemisphere, const std::set<RoiKey>& selected,
                                               const std::optional<RoiKey>& current,
                                               std::span<const Triangle> triangles, size_t vertexCount);

[[nodiscard]] Rgb toRgb(const QColor& colour);

}  // namespace corticast
