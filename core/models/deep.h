#pragma once
#include "core/models/architecture.h"

namespace corticast {

/// A stack of blocks Linear, BatchNorm1d, LeakyReLU, and one Linear to the vertices: the paper's CLIP-Deep.
[[nodiscard]] Architecture deepArchitecture();

/// The same with dropout in the blocks, residual blocks between them, and a width that grows from block to block: the
/// paper's CLIP-Deep with residual blocks.
[[nodiscard]] Architecture deepResidualArchitecture();

}  // namespace corticast
