#pragma once
#include "core/models/architecture.h"

namespace corticast {

/// Conv1d over the vertices of an ROI, whose input is what a trunk makes of the picture and the vertex's position:
/// clip-dm, clip-pos-dropout, clip-pos-res, sam-pos and position-check are settings of it.
[[nodiscard]] Architecture positionalArchitecture();

}  // namespace corticast
