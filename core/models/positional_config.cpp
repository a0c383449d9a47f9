#include "core/models/internal/positional_config.h"

#include "core/base/error.h"

namespace corticast {
namespace {

using PositionalFields = Fields<PositionalConfig>;

void addTrunk(PositionalFields& f) {
  f.choice("positionalOutput", "Returns", &PositionalConfig::output)
      .choice("responses", "Responses", "One value per vertex, trained on the measured responses.")
      .choice("positions", "Its own position",
              "Three values per vertex, trained on where it lies: a check that the network can tell vertices apart.")
      .help("What the network is asked for. Positions are a sanity check; the log gives their error in mm.");
  f.choice("positionalTrunk", "Trunk", &PositionalConfig::trunk)
      .choice("identity", "Identity", "The embedding itself.")
      .choice("linear", "Linear", "One linear layer.")
      .choice("conv2d", "Conv2d",
              "For embeddings that are maps: Conv2d of kernel 3, stride 2 and padding 1, each with BatchNorm2d and "
              "LeakyReLU, then a linear layer.")
      .help("Turns the embedding into the area vector that all vertices see, once per picture.");
  f.integer("positionalAreaWidth", "Area vector", &PositionalConfig::areaWidth)
      .range(1, 16384)
      .paperSilent()
      .relevantIf("positionalTrunk", {"linear", "conv2d"})
      .help("Values that the trunk makes of a picture.");
  f.integers("positionalTrunkChannels", "Channels of Conv2d", &PositionalConfig::trunkChannels)
      .range(1, 4096)
      .paperSilent()
      .relevantIf("positionalTrunk", {"conv2d"})
      .help("One Conv2d per entry, each halving the map's sides.");
}

void addPositions(PositionalFields& f) {
  f.choice("positionalSurface", "Surface", &PositionalConfig::surface)
      .choice("white", "White")
      .choice("pial", "Pial")
      .choice("inflated", "Inflated")
      .choice("sphere", "Sphere")
      .paperSilent()
      .help("Vertices have their positions on this surface of fsaverage, moved and scaled to 0..1 within their ROI.");
  f.choice("positionalInput", "Positional input", &PositionalConfig::input)
      .choice("concatenate", "Concatenated", "Positions are further channels of every Conv1d's input.")
      .choice("gate", "Attention",
              "Every Conv1d's output is multiplied by sigmoid(W p + b), one gate per channel; the form of the gate is "
              "our reading where the paper is silent.")
      .help("How positions enter. Concatenated, they cost one product per vertex and step, not per picture.");
  f.integer("positionalEncodingWidth", "Encoding width", &PositionalConfig::encodingWidth)
      .range(2, 512)
      .paperSilent()
      .help("Values per axis, even: sine and cosine of half as many wavelengths.");
  f.real("positionalEncodingScale", "Encoding scale", &PositionalConfig::encodingScale)
      .range(1e-3, 1e6)
      .logarithmic()
      .advanced()
      .paperSilent()
      .help("Positions are multiplied by this: an ROI spans scale / 6.28 of the shortest waves.");
  f.real("positionalEncodingBase", "Encoding base", &PositionalConfig::encodingBase)
      .range(1, 1e9)
      .logarithmic()
      .advanced()
      .paperSilent()
      .help("The longest wave is nearly this many times the shortest.");
}

void addLayers(PositionalFields& f) {
  f.integers("positionalChannels", "Channels of Conv1d", &PositionalConfig::channels)
      .range(1, 4096)
      .paperSilent()
      .help(
          "One Conv1d with BatchNorm1d and LeakyReLU per entry; a last Conv1d to one value per vertex follows. Time "
          "and "
          "memory grow with pictures x vertices x channels.");
  f.integer("positionalKernel", "Kernel", &PositionalConfig::kernel)
      .range(1, 63)
      .unit("vertices")
      .paperSilent()
      .help("Odd. 1: each vertex on its own; above, a vertex sees its neighbours in an order along the surface.");
  f.real("positionalDropout", "Dropout", &PositionalConfig::dropout)
      .range(0, 0.95)
      .help("Share of values set to zero while training.");
  f.integer("positionalDropoutEvery", "Dropout after every", &PositionalConfig::dropoutEvery)
      .range(1, 64)
      .unit("Conv1d")
      .help("So many Conv1d with their activations lie between dropouts; there is none after the last Conv1d.");
  f.boolean("positionalResidual", "Residual blocks", &PositionalConfig::residual)
      .help("A skip around every two Conv1d, through a linear map where the channels differ.");
  f.real("positionalSlope", "LeakyReLU slope", &PositionalConfig::slope)
      .range(0, 1)
      .advanced()
      .paperSilent()
      .help("Slope of the activation below zero.");
}

void require(bool isFine, const std::string& why, const std::string& remedy) {
  if (!isFine) throw Error({.what = "build a positional model", .where = "positional", .why = why, .remedy = remedy});
}

}  // namespace

Fields<PositionalConfig> PositionalConfig::fields() {
  PositionalFields f;
  f.section("Model");
  addTrunk(f);
  addPositions(f);
  addLayers(f);
  return f;
}

PositionalConfig PositionalConfig::from(const NetworkInput& input, const Json& values) {
  const PositionalConfig config = fields().fromJson(values, "positional");
  require(config.kernel % 2 == 1, "the kernel is " + std::to_string(config.kernel) + ", which is even",
          "set positionalKernel to an odd number");
  require(config.encodingWidth % 2 == 0,
          "the encoding width is " + std::to_string(config.encodingWidth) + ", which is odd",
          "set positionalEncodingWidth to an even number: sines and cosines come in pairs");
  require(config.trunk != "conv2d" || input.imageShape.size() == 3,
          "a Conv2d trunk needs an embedding that is a map of channels x height x width; this one has " +
              std::to_string(input.imageShape.size()) + " dimension(s)",
          "choose the trunk identity or linear, or an embedding such as SAM's");
  require(config.trunk != "conv2d" || !config.trunkChannels.empty(), "the Conv2d trunk has no layer",
          "give positionalTrunkChannels at least one entry");
  return config;
}

int64_t PositionalConfig::areaValues(const NetworkInput& network) const {
  return trunk == "identity" ? network.features() : areaWidth;
}

std::vector<int64_t> PositionalConfig::outputs(const NetworkInput& network) const {
  std::vector<int64_t> all(channels.begin(), channels.end());
  all.push_back(valuesPerVertex() * network.heads);
  return all;
}

}  // namespace corticast
