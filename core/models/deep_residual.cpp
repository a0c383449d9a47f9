#include "core/models/deep.h"
#include "core/models/internal/deep_network.h"

namespace corticast {
namespace {

struct DeepResidualConfig {
  int blocks = 4;
  int width = 640;
  double growth = 1.25;
  int residualBlocks = 1;
  double dropout = 0.05;
  double slope = 0.01;

  static Fields<DeepResidualConfig> fields() {
    Fields<DeepResidualConfig> f;
    f.section("Model");
    f.integer("resBlocks", "Blocks", &DeepResidualConfig::blocks)
        .range(1, 32)
        .help("Non-residual blocks: linear layer, batch normalisation, LeakyReLU, dropout.");
    f.integer("resWidth", "Width", &DeepResidualConfig::width)
        .range(1, 16384)
        .paperSilent()
        .help("Values after the first block. The default is 1.25 times an embedding of 512.");
    f.real("resGrowth", "Growth", &DeepResidualConfig::growth)
        .range(0.25, 4)
        .help("Each non-residual block is wider than the one before by this factor.");
    f.integer("resBetween", "Residual blocks", &DeepResidualConfig::residualBlocks)
        .range(0, 8)
        .paperSilent()
        .help("Residual blocks between two others.");
    f.real("resDropout", "Dropout", &DeepResidualConfig::dropout)
        .range(0, 0.95)
        .help("Share of values set to zero after each non-residual block while training.");
    f.real("resSlope", "LeakyReLU slope", &DeepResidualConfig::slope)
        .range(0, 1)
        .advanced()
        .paperSilent()
        .help("Slope of the activation below zero.");
    return f;
  }
};

DeepShape shapeFrom(const Json& values) {
  const auto config = DeepResidualConfig::fields().fromJson(values, "deep-residual");
  return {.blocks = config.blocks,
          .width = config.width,
          .growth = config.growth,
          .residualBlocks = config.residualBlocks,
          .dropout = config.dropout,
          .slope = config.slope};
}

}  // namespace

Architecture deepResidualArchitecture() {
  return {.id = "deep-residual",
          .label = "Deep with residual blocks",
          .help = "Ever wider blocks with dropout, residual blocks between them, then a linear layer to the vertices.",
          .kind = ModelKind::Network,
          .params = DeepResidualConfig::fields().params(),
          .surfaceParam = {},
          .cost = [](const NetworkInput& input, const Json& values) { return deepCost(input, shapeFrom(values)); },
          .build = [](const NetworkInput& input, const Json& values) { return deepNetwork(input, shapeFrom(values)); }};
}

}  // namespace corticast
