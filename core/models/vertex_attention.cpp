#include "core/models/vertex_attention.h"

#include "core/models/internal/attention_network.h"

namespace corticast {
namespace {

struct AttentionConfig {
  std::string surface = "white";
  int width = 64;
  int heads = 4;
  int layers = 2;
  int forwardWidth = 256;
  double dropout = 0.1;
  int encodingWidth = 32;
  double encodingScale = 100;
  double encodingBase = 10000;

  static Fields<AttentionConfig> fields() {
    Fields<AttentionConfig> f;
    f.section("Model");
    f.choice("attentionSurface", "Surface", &AttentionConfig::surface)
        .choice("white", "White")
        .choice("pial", "Pial")
        .choice("inflated", "Inflated")
        .choice("sphere", "Sphere")
        .help("Vertices have their positions on this surface of fsaverage, moved and scaled to 0..1 within their ROI.");
    f.integer("attentionWidth", "Width", &AttentionConfig::width)
        .range(1, 4096)
        .help("Values per vertex and per part of the picture; a multiple of the heads.");
    f.integer("attentionHeads", "Heads", &AttentionConfig::heads)
        .range(1, 64)
        .help("Attention is computed so many times side by side, each on its share of the width.");
    f.integer("attentionLayers", "Layers", &AttentionConfig::layers)
        .range(1, 32)
        .help("Time and memory grow with layers x pictures x vertices x parts of the picture.");
    f.integer("attentionForwardWidth", "Feed-forward width", &AttentionConfig::forwardWidth)
        .range(1, 16384)
        .help("Of the two-layer network that follows attention in each layer.");
    f.real("attentionDropout", "Dropout", &AttentionConfig::dropout)
        .range(0, 0.95)
        .help("Share of values set to zero while training, after attention and after the feed-forward network.");
    f.integer("attentionEncodingWidth", "Encoding width", &AttentionConfig::encodingWidth)
        .range(2, 512)
        .advanced()
        .help("Values per axis, even: sine and cosine of half as many wavelengths.");
    f.real("attentionEncodingScale", "Encoding scale", &AttentionConfig::encodingScale)
        .range(1e-3, 1e6)
        .logarithmic()
        .advanced()
        .help("Positions are multiplied by this: an ROI spans scale / 6.28 of the shortest waves.");
    f.real("attentionEncodingBase", "Encoding base", &AttentionConfig::encodingBase)
        .range(1, 1e9)
        .logarithmic()
        .advanced()
        .help("The longest wave is nearly this many times the shortest.");
    return f;
  }
};

AttentionShape shapeFrom(const Json& values) {
  const auto config = AttentionConfig::fields().fromJson(values, "vertex-attention");
  return {.width = config.width,
          .heads = config.heads,
          .layers = config.layers,
          .forwardWidth = config.forwardWidth,
          .dropout = config.dropout,
          .encoding = {.width = config.encodingWidth, .scale = config.encodingScale, .base = config.encodingBase}};
}

}  // namespace

Architecture vertexAttentionArchitecture() {
  return {.id = "vertex-attention",
          .label = "Vertex attention",
          .help = "Transformer layers: every vertex, known by its position, attends to the parts of the picture.",
          .kind = ModelKind::Network,
          .params = AttentionConfig::fields().params(),
          .surfaceParam = "attentionSurface",
          .returnsPositions = {},
          .cost = [](const NetworkInput& input, const Json& values) { return attentionCost(input, shapeFrom(values)); },
          .build = [](const NetworkInput& input,
                      const Json& values) { return attentionNetwork(input, shapeFrom(values)); }};
}

}  // namespace corticast
