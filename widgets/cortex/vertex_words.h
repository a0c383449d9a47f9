#pragma once
#include <QString>
#include <optional>

#include "widgets/cortex/map_source.h"

namespace corticast {

/// The smallest ROI that holds the vertex, an area rather than its stream; none outside all ROIs.
[[nodiscard]] std::optional<RoiKey> roiAt(const Subject& subject, const VertexPick& vertex);

/// "Vertex 73,122 · LH · FFA-1 · r 0.612 · ceiling 0.83"; without a subject the vertex alone.
[[nodiscard]] QString vertexWords(const Subject* subject, const VertexPick& vertex, const CortexMap& map);

}  // namespace corticast
