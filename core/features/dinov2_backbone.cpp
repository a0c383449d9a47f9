#include "core/features/backbones.h"
#include "core/features/internal/dinov2.h"
#include "core/features/internal/transformer_entry.h"

namespace corticast {
namespace {

struct Config {
  std::string positions = "transformers";
  static Fields<Config> fields() {
    Fields<Config> f;
    f.choice("positions", "Fitting of positions", &Config::positions)
        .choice("transformers", "As transformers does", "Scaled by 16 / 37.")
        .choice("meta", "As Meta's program does", "Scaled by (16 + 0.1) / 37.")
        .help(
            "The positions were learned for 37 x 37 patches and are interpolated to 16 x 16; the two published "
            "programs differ a little in how.")
        .advanced();
    return f;
  }
};

struct Size {
  std::string id, label, help;
  Dinov2Config config;
  std::vector<PublishedWeights> published;
};

PublishedWeights meta(const std::string& size, uint64_t bytes, const std::string& sha256) {
  const std::string name = "dinov2_" + size + "14";
  return {name + "_pretrain.pth", "Meta",
          "https://dl.fbaipublicfiles.com/dinov2/" + name + "/" + name + "_pretrain.pth", bytes, sha256};
}

PublishedWeights huggingFace(const std::string& size, uint64_t bytes = 0, const std::string& sha256 = {}) {
  return {"model.safetensors", "Meta on Hugging Face",
          "https://huggingface.co/facebook/dinov2-" + size + "/resolve/main/model.safetensors", bytes, sha256};
}

std::vector<Size> sizes() {
  return {
      {.id = "dinov2-s14",
       .label = "DINOv2 ViT-S/14",
       .help = "Learned from pictures alone; strong for this kind of data. The small one: 384 values a picture.",
       .config = {.width = 384, .heads = 6},
       .published = {meta("vits", 88'283'115, "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9"),
                     huggingFace("small")}},
      {.id = "dinov2-b14",
       .label = "DINOv2 ViT-B/14",
       .help = "Learned from pictures alone; strong for this kind of data. 768 values a picture.",
       .config = {},
       .published = {meta("vitb", 346'378'731, "0b8b82f85de91b424aded121c7e1dcc2b7bc6d0adeea651bf73a13307fad8c73"),
                     huggingFace("base", 346'345'912,
                                 "d73036b56966966d07975d696bde331762f37297e2f095de8cea0040c3aa0841")}},
      {.id = "dinov2-l14",
       .label = "DINOv2 ViT-L/14",
       .help = "Learned from pictures alone; strong for this kind of data. The large one: 1024 values a picture.",
       .config = {.width = 1024, .depth = 24, .heads = 16},
       .published = {meta("vitl", 1'217'586'395, "d5383ea8f4877b2472eb973e0fd72d557c7da5d3611bd527ceeb1d7162cbf428"),
                     huggingFace("large")}}};
}

std::vector<BackboneLayer> layersOf(const Dinov2Config& config) {
  const auto width = static_cast<size_t>(config.width), grid = static_cast<size_t>(config.side / config.patch);
  return withBlocks({{"class", "Class token", {width}}, {"patches", "Patch tokens", {width, grid, grid}}}, config.depth,
                    "Class token", {width});
}

BackboneInfo entry(const Size& size) {
  const auto make = [size](const BackboneSetup& setup) {
    Dinov2Config config = size.config;
    const Config chosen = Config::fields().fromJson(setup.parameters, "parameters of " + size.id);
    if (chosen.positions == "meta") config.gridOffset = 0.1;
    const Preprocessing preprocessing{
        .fit = Preprocessing::Fit::CentreCrop, .side = 224, .shorterSide = 256, .filter = ResizeFilter::Bicubic};
    return makeNetworkBackbone({.network = loadNetwork<Dinov2>(config, setup.weights, size.label, setup.device),
                                .preprocessing = preprocessing,
                                .layer = setup.layer,
                                .shape = backbone(size.id).layer(setup.layer).shape,
                                .threads = setup.threads,
                                .device = setup.device});
  };
  return {.id = size.id,
          .label = size.label,
          .help = size.help,
          .weights = "Meta's " + size.published.front().file + " or Hugging Face's model.safetensors",
          .published = size.published,
          .layers = layersOf(size.config),
          .params = Config::fields().params(),
          .usesDevices = true,
          .tensors = [config = size.config] { return wantedBy<Dinov2>(config); },
          .make = make};
}

}  // namespace

std::vector<BackboneInfo> dinov2Backbones() {
  std::vector<BackboneInfo> family;
  for (const Size& size : sizes()) family.push_back(entry(size));
  return family;
}

}  // namespace corticast
