#include "core/models/deep.h"

#include "core/models/internal/deep_network.h"

namespace corticast {
namespace {

struct DeepConfig {
  int blocks = 4;
  int width = 512;
  double growth = 1;
  double dropout = 0;
  double slope = 0.01;

  static Fields<DeepConfig> fields() {
    Fields<DeepConfig> f;
    f.section("Model");
    f.integer("deepBlocks", "Blocks", &DeepConfig::blocks)
        .range(1, 32)
        .help("Blocks of linear layer, batch normalisation and LeakyReLU before the output layer.");
    f.integer("deepWidth", "Width", &DeepConfig::width)
        .range(1, 16384)
        .paperSilent()
        .help("Values between blocks. Weights and time grow with its square.");
    f.real("deepGrowth", "Growth", &DeepConfig::growth)
        .range(0.25, 4)
        .advanced()
        .help("Each block is wider than the one before by this factor.");
    f.real("deepDropout", "Dropout", &DeepConfig::dropout)
        .range(0, 0.95)
        .advanced()
        .help("Share of values set to zero after each block while training.");
    f.real("deepSlope", "LeakyReLU slope", &DeepConfig::slope)
        .range(0, 1)
        .advanced()
        .paperSilent()
        .help("Slope of the activation below zero.");
    return f;
  }
};

DeepShape shapeFrom(const Json& values) {
  const auto config = DeepConfig::fields().fromJson(values, "deep");
  return {.blocks = config.blocks,
          .width = config.width,
          .growth = config.growth,
          .dropout = config.dropout,
          .slope = config.slope};
}

}  // namespace

Architecture deepArchitecture() {
  return {.id = "deep",
          .label = "Deep",
          .help = "Blocks of linear layer, batch normalisation and LeakyReLU, then a linear layer to the vertices.",
          .kind = ModelKind::Network,
          .params = DeepConfig::fields().params(),
          .surfaceParam = {},
          .cost = [](const NetworkInput& input, const Json& values) { return deepCost(input, shapeFrom(values)); },
          .build = [](const NetworkInput& input, const Json& values) { return deepNetwork(input, shapeFrom(values)); }};
}

}  // namespace corticast
