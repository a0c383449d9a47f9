#include "core/models/positional.h"

#include "core/models/internal/positional_config.h"
#include "core/models/internal/positional_network.h"

namespace corticast {

Architecture positionalArchitecture() {
  return {.id = "positional",
          .label = "Positional",
          .help = "One small network for all vertices of an ROI: it sees the picture and where the vertex lies.",
          .kind = ModelKind::Network,
          .params = PositionalConfig::fields().params(),
          .surfaceParam = "positionalSurface",
          .returnsPositions = [](const Json& values) { return values.at("positionalOutput") == "positions"; },
          .cost = [](const NetworkInput& input,
                     const Json& values) { return positionalCost(input, PositionalConfig::from(input, values)); },
          .build = [](const NetworkInput& input,
                      const Json& values) { return positionalNetwork(input, PositionalConfig::from(input, values)); }};
}

}  // namespace corticast
