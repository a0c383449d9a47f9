#include "core/features/backbones.h"
#include "core/features/internal/sam_encoder.h"
#include "core/features/internal/transformer_entry.h"

namespace corticast {
namespace {

struct Size {
  std::string id, label, help;
  SamEncoderConfig config;
  std::vector<PublishedWeights> published;
};

std::vector<PublishedWeights> published(const std::string& file, uint64_t bytes, const std::string& sha256,
                                        const std::string& size) {
  return {{file, "Meta", "https://dl.fbaipublicfiles.com/segment_anything/" + file, bytes, sha256},
          {"model.safetensors", "Meta on Hugging Face",
           "https://huggingface.co/facebook/sam-vit-" + size + "/resolve/main/model.safetensors"}};
}

std::vector<Size> sizes() {
  const std::string help = "The picture encoder of Segment Anything: maps of 64 x 64 places, 4 MB a picture. ";
  return {{.id = "sam-vit-b",
           .label = "SAM ViT-B",
           .help = help + "Takes seconds per picture without a GPU.",
           .config = {},
           .published = published("sam_vit_b_01ec64.pth", 375'042'383,
                                  "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912", "base")},
          {.id = "sam-vit-l",
           .label = "SAM ViT-L",
           .help = help + "Three times the time of ViT-B.",
           .config = {.width = 1024, .depth = 24, .heads = 16, .globalBlocks = {5, 11, 17, 23}},
           .published = published("sam_vit_l_0b3195.pth", 1'249'524'607,
                                  "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622", "large")},
          {.id = "sam-vit-h",
           .label = "SAM ViT-H",
           .help = help + "Six times the time of ViT-B.",
           .config = {.width = 1280, .depth = 32, .heads = 16, .globalBlocks = {7, 15, 23, 31}},
           .published = published("sam_vit_h_4b8939.pth", 2'564'550'879,
                                  "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e", "huge")}};
}

std::vector<BackboneLayer> layersOf(const SamEncoderConfig& config) {
  const auto width = static_cast<size_t>(config.width), grid = static_cast<size_t>(config.side / config.patch);
  return withBlocks({{"neck", "Encoder's output", {static_cast<size_t>(config.outputs), grid, grid}}}, config.depth,
                    "Patches", {width, grid, grid});
}

BackboneInfo entry(const Size& size) {
  const auto make = [size](const BackboneSetup& setup) {
    const Preprocessing preprocessing{.fit = Preprocessing::Fit::Pad,
                                      .side = 1024,
                                      .filter = ResizeFilter::Bilinear,
                                      .mean = {123.675F / 255, 116.28F / 255, 103.53F / 255},
                                      .deviation = {58.395F / 255, 57.12F / 255, 57.375F / 255}};
    return makeNetworkBackbone(
        {.network = loadNetwork<SamEncoder>(size.config, setup.weights, size.label, setup.device),
         .preprocessing = preprocessing,
         .layer = setup.layer,
         .shape = backbone(size.id).layer(setup.layer).shape,
         .picturesAtOnce = 1,
         .picturesAtOnceOnCuda = 4,
         .threads = setup.threads,
         .device = setup.device});
  };
  return {.id = size.id,
          .label = size.label,
          .help = size.help,
          .weights = "Meta's " + size.published.front().file + " or Hugging Face's model.safetensors",
          .published = size.published,
          .layers = layersOf(size.config),
          .params = {},
          .usesDevices = true,
          .tensors = [config = size.config] { return wantedBy<SamEncoder>(config); },
          .make = make};
}

}  // namespace

std::vector<BackboneInfo> samBackbones() {
  std::vector<BackboneInfo> family;
  for (const Size& size : sizes()) family.push_back(entry(size));
  return family;
}

}  // namespace corticast
