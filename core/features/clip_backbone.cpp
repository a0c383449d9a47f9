#include "core/features/backbones.h"
#include "core/features/internal/clip_vision.h"
#include "core/features/internal/transformer_entry.h"

namespace corticast {
namespace {

struct Size {
  std::string id, label, help;
  ClipVisionConfig config;
  std::vector<PublishedWeights> published;
};

std::vector<Size> sizes() {
  const std::string openAi = "https://openaipublic.azureedge.net/clip/models/";
  const std::string huggingFace = "https://huggingface.co/openai/clip-vit-";
  const std::string hashB32 = "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af";
  const std::string hashB16 = "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f";
  const std::string hashL14 = "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836";
  return {{.id = "clip-vit-b32",
           .label = "CLIP ViT-B/32",
           .help = "Trained to match pictures with their captions; the paper's embedding, 512 values a picture.",
           .config = {},
           .published = {{"ViT-B-32.pt", "OpenAI", openAi + hashB32 + "/ViT-B-32.pt", 353'976'522, hashB32},
                         {"pytorch_model.bin", "OpenAI on Hugging Face",
                          huggingFace + "base-patch32/resolve/main/pytorch_model.bin", 605'247'071,
                          "a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f"},
                         {"model.safetensors", "OpenAI on Hugging Face",
                          huggingFace + "base-patch32/resolve/refs%2Fpr%2F15/model.safetensors", 605'157'884,
                          "99d28a652e6ec46629ab7047a0ac82c69b1fe11e0ce672c43af65d3a9a3fc05d"}}},
          {.id = "clip-vit-b16",
           .label = "CLIP ViT-B/16",
           .help = "As CLIP ViT-B/32 with patches of a quarter of the area: finer, and four times the time.",
           .config = {.patch = 16},
           .published = {{"ViT-B-16.pt", "OpenAI", openAi + hashB16 + "/ViT-B-16.pt", 350'837'078, hashB16},
                         {"pytorch_model.bin", "OpenAI on Hugging Face",
                          huggingFace + "base-patch16/resolve/main/pytorch_model.bin", 598'641'023,
                          "ec89c7b09c749a60aae3c9cd910516f24b58214a7df060b48962d14c469cfbf0"}}},
          {.id = "clip-vit-l14",
           .label = "CLIP ViT-L/14",
           .help = "The largest of the CLIP encoders here: 768 values a picture, about twenty times the time of B/32.",
           .config = {.patch = 14, .width = 1024, .depth = 24, .heads = 16, .outputs = 768},
           .published = {{"ViT-L-14.pt", "OpenAI", openAi + hashL14 + "/ViT-L-14.pt", 932'768'134, hashL14},
                         {"model.safetensors", "OpenAI on Hugging Face",
                          huggingFace + "large-patch14/resolve/main/model.safetensors", 1'710'540'580,
                          "a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb"}}}};
}

std::vector<BackboneLayer> layersOf(const ClipVisionConfig& config) {
  const auto width = static_cast<size_t>(config.width), grid = static_cast<size_t>(config.side / config.patch);
  return withBlocks({{"projection", "Projection shared with texts", {static_cast<size_t>(config.outputs)}},
                     {"class", "Class token, normalised", {width}},
                     {"patches", "Patch tokens", {width, grid, grid}}},
                    config.depth, "Class token", {width});
}

BackboneInfo entry(const Size& size) {
  const auto make = [size](const BackboneSetup& setup) {
    const Preprocessing preprocessing{.fit = Preprocessing::Fit::CentreCrop,
                                      .side = 224,
                                      .shorterSide = 224,
                                      .filter = ResizeFilter::Bicubic,
                                      .mean = {0.48145466F, 0.4578275F, 0.40821073F},
                                      .deviation = {0.26862954F, 0.26130258F, 0.27577711F}};
    return makeNetworkBackbone(
        {.network = loadNetwork<ClipVision>(size.config, setup.weights, size.label, setup.device),
         .preprocessing = preprocessing,
         .layer = setup.layer,
         .shape = backbone(size.id).layer(setup.layer).shape,
         .threads = setup.threads,
         .device = setup.device});
  };
  return {.id = size.id,
          .label = size.label,
          .help = size.help,
          .weights = "OpenAI's " + size.published.front().file + " or Hugging Face's model.safetensors",
          .published = size.published,
          .layers = layersOf(size.config),
          .params = {},
          .usesDevices = true,
          .tensors = [config = size.config] { return wantedBy<ClipVision>(config); },
          .make = make};
}

}  // namespace

std::vector<BackboneInfo> clipBackbones() {
  std::vector<BackboneInfo> family;
  for (const Size& size : sizes()) family.push_back(entry(size));
  return family;
}

}  // namespace corticast
