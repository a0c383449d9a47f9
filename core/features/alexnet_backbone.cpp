#include "core/features/backbones.h"
#include "core/features/internal/alexnet.h"

namespace corticast {
namespace {

struct Config {
  std::string preprocessing = "stretch";
  static Fields<Config> fields() {
    Fields<Config> f;
    f.choice("preprocessing", "Fitting of pictures", &Config::preprocessing)
        .choice("stretch", "Stretched to 224 x 224", "As the Algonauts 2023 development kit and baseline do.")
        .choice("crop", "Shorter side 256, centre 224 x 224", "As torchvision does for these weights.")
        .help("How a picture becomes the 224 x 224 pixels that the network takes.");
    return f;
  }
};

std::vector<BackboneLayer> layers() {
  return {{"features.2", "Pooling 1 (features.2)", {64, 27, 27}},
          {"baseline", "Challenge baseline: 8 layers joined", {205672}},
          {"features.0", "Convolution 1 (features.0)", {64, 55, 55}},
          {"features.1", "ReLU 1 (features.1)", {64, 55, 55}},
          {"features.3", "Convolution 2 (features.3)", {192, 27, 27}},
          {"features.4", "ReLU 2 (features.4)", {192, 27, 27}},
          {"features.5", "Pooling 2 (features.5)", {192, 13, 13}},
          {"features.6", "Convolution 3 (features.6)", {384, 13, 13}},
          {"features.7", "ReLU 3 (features.7)", {384, 13, 13}},
          {"features.8", "Convolution 4 (features.8)", {256, 13, 13}},
          {"features.9", "ReLU 4 (features.9)", {256, 13, 13}},
          {"features.10", "Convolution 5 (features.10)", {256, 13, 13}},
          {"features.11", "ReLU 5 (features.11)", {256, 13, 13}},
          {"features.12", "Pooling 5 (features.12)", {256, 6, 6}},
          {"classifier.1", "Fully connected 6 (classifier.1)", {4096}},
          {"classifier.2", "ReLU 6 (classifier.2)", {4096}},
          {"classifier.4", "Fully connected 7 (classifier.4)", {4096}},
          {"classifier.5", "ReLU 7 (classifier.5)", {4096}},
          {"classifier.6", "Class scores (classifier.6)", {1000}}};
}

std::unique_ptr<Backbone> make(const BackboneSetup& setup) {
  const Config config = Config::fields().fromJson(setup.parameters, "parameters of alexnet");
  Preprocessing preprocessing{.side = 224, .shorterSide = 256, .filter = ResizeFilter::Bilinear};
  if (config.preprocessing == "crop") preprocessing.fit = Preprocessing::Fit::CentreCrop;
  return makeNetworkBackbone({.network = loadNetwork<AlexNet>(AlexNetConfig{}, setup.weights, "AlexNet", setup.device),
                              .preprocessing = preprocessing,
                              .layer = setup.layer,
                              .shape = alexnetBackbone().layer(setup.layer).shape,
                              .threads = setup.threads,
                              .device = setup.device});
}

}  // namespace

BackboneInfo alexnetBackbone() {
  return {.id = "alexnet",
          .label = "AlexNet",
          .help =
              "The network of the Algonauts 2023 baseline, trained on ImageNet. Fast; its early layers suit early "
              "visual cortex.",
          .weights = "torchvision's alexnet-owt-*.pth",
          .published = {{.file = "alexnet-owt-7be5be79.pth",
                         .publisher = "torchvision (PyTorch)",
                         .url = "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth",
                         .bytes = 244'408'911,
                         .sha256 = "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02"}},
          .layers = layers(),
          .params = Config::fields().params(),
          .usesDevices = true,
          .tensors = [] { return wantedBy<AlexNet>(AlexNetConfig{}); },
          .make = make};
}

}  // namespace corticast
