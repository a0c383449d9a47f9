#pragma once
#include "core/models/architecture.h"

namespace corticast {

/// Transformer layers in a positional model: every vertex, known by its position, asks the parts of the picture (CLIP's
/// patches, SAM's grid) what it needs.
[[nodiscard]] Architecture vertexAttentionArchitecture();

}  // namespace corticast
