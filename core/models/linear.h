#pragma once
#include "core/models/architecture.h"

namespace corticast {

/// One linear layer, embedding -> vertices: prediction = W e + b. W [targets x features], b [targets].
[[nodiscard]] Architecture linearArchitecture();

}  // namespace corticast
