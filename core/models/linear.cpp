#include "core/models/linear.h"

namespace corticast {

Architecture linearArchitecture() {
  return {.id = "linear",
          .label = "Linear",
          .help = "One linear layer from the embedding to the vertices.",
          .kind = ModelKind::Linear,
          .params = {},
          .weightCount = [](uint64_t features, uint64_t targets, const Json&) { return (features + 1) * targets; }};
}

}  // namespace corticast
