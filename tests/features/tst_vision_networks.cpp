#include <ATen/ops/zeros.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "core/features/internal/alexnet.h"
#include "core/features/internal/clip_vision.h"
#include "core/features/internal/dinov2.h"
#include "core/features/internal/sam_encoder.h"
#include "tests/features/test_picture.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::HasSubstr;
using ::testing::Not;

// The networks of tests/oracles/backbones.py: the published architectures at a fraction of their width.
const ClipVisionConfig kClip = {.side = 32, .patch = 8, .width = 16, .depth = 2, .heads = 2, .outputs = 12};
const Dinov2Config kDinov2 = {.side = 28, .patch = 7, .trainedGrid = 6, .width = 16, .depth = 2, .heads = 2};
const Dinov2Config kAsMeta = {
    .side = 28, .patch = 7, .trainedGrid = 6, .width = 16, .depth = 2, .heads = 2, .gridOffset = 0.1};
const SamEncoderConfig kSam = {
    .side = 64, .patch = 8, .width = 16, .depth = 2, .heads = 2, .window = 3, .globalBlocks = {1}, .outputs = 8};
const AlexNetConfig kAlexNet = {.channels = {4, 6, 8, 6, 5}, .hidden = 10, .classes = 7};

std::filesystem::path data(const std::string& name) {
  return testFile("features/data/backbones/" + name);
}

using Load = std::unique_ptr<VisionNetwork> (*)(const std::filesystem::path&, const Device&);

template <typename Network, const auto& config>
std::unique_ptr<VisionNetwork> load(const std::filesystem::path& path, const Device& device) {
  return loadNetwork<Network>(config, path, "a small network", device);
}

struct Case {
  const char* weights;
  const char* expected;
  int side;
  Load load;
};

std::vector<float> layerOf(const Case& which, const std::string& layer, size_t values, const std::vector<Image>& images,
                           const Device& device = {}) {
  const auto backbone = makeNetworkBackbone({.network = which.load(data(which.weights), device),
                                             .preprocessing = {.side = which.side},
                                             .layer = layer,
                                             .shape = {values},
                                             .picturesAtOnce = 2,
                                             .picturesAtOnceOnCuda = 2,
                                             .device = device});
  const Matrix<float> embedding = backbone->embed(images);
  return {embedding.row(0).begin(), embedding.row(0).end()};
}

size_t valuesOf(const Case& which, const std::string& layer) {
  const at::Tensor pixels = at::zeros({1, 3, which.side, which.side});
  return static_cast<size_t>(which.load(data(which.weights), {})->activity(pixels, layer).numel());
}

class Oracle : public ::testing::TestWithParam<Case> {};

// float32 sums of up to a few thousand terms.
constexpr double kTolerance = 2e-5;

TEST_P(Oracle, agreesInEveryLayer) {
  const Case& which = GetParam();
  std::ifstream table(data(which.expected));
  const std::vector<Image> pictures = {oraclePicture(which.side, which.side)};
  int layers = 0;
  for (std::string line; std::getline(table, line); ++layers) {
    std::istringstream words(line);
    std::string layer;
    words >> layer;
    const size_t count = valuesOf(which, layer);
    const std::vector<float> actual = layerOf(which, layer, count, pictures);
    const size_t step = std::max<size_t>(1, count / 64);
    double largest = 0, difference = 0;
    size_t compared = 0;
    for (double expected = 0; words >> expected; ++compared) {
      ASSERT_LT(compared * step, count) << layer;
      largest = std::max(largest, std::abs(expected));
      difference = std::max(difference, std::abs(expected - static_cast<double>(actual[compared * step])));
    }
    EXPECT_EQ(compared, (count + step - 1) / step) << layer;
    EXPECT_GT(largest, 0.01) << layer;
    EXPECT_LT(difference / largest, kTolerance) << layer;
  }
  EXPECT_GE(layers, 3);
}

TEST_P(Oracle, agreesOnCudaWithTheCpu) {
  if (cudaStatus().devices.empty()) GTEST_SKIP() << "no CUDA device: " << cudaStatus().reason;
  const Case& which = GetParam();
  std::ifstream table(data(which.expected));
  std::vector<Image> pictures;
  for (int i = 0; i < 5; ++i) pictures.push_back(oraclePicture(which.side + i, which.side));
  for (std::string line; std::getline(table, line);) {
    const std::string layer = line.substr(0, line.find(' '));
    const size_t count = valuesOf(which, layer);
    const std::vector<float> cpu = layerOf(which, layer, count, pictures);
    const std::vector<float> cuda = layerOf(which, layer, count, pictures, chooseDevice("cuda"));
    float largest = 0, difference = 0;
    for (size_t i = 0; i < count; ++i) {
      largest = std::max(largest, std::abs(cpu[i]));
      difference = std::max(difference, std::abs(cpu[i] - cuda[i]));
    }
    EXPECT_LT(difference / largest, 1e-4F) << layer;
  }
}

INSTANTIATE_TEST_SUITE_P(
    files, Oracle,
    ::testing::Values(Case{"clip_openai.pt", "clip.txt", 32, load<ClipVision, kClip>},
                      Case{"clip_hugging_face.safetensors", "clip.txt", 32, load<ClipVision, kClip>},
                      Case{"dinov2_meta.pth", "dinov2.txt", 28, load<Dinov2, kDinov2>},
                      Case{"dinov2_hugging_face.safetensors", "dinov2.txt", 28, load<Dinov2, kDinov2>},
                      Case{"dinov2_transformers5.safetensors", "dinov2.txt", 28, load<Dinov2, kDinov2>},
                      Case{"dinov2_meta.pth", "dinov2_as_meta.txt", 28, load<Dinov2, kAsMeta>},
                      Case{"sam_meta.pth", "sam.txt", 64, load<SamEncoder, kSam>},
                      Case{"sam_hugging_face.safetensors", "sam.txt", 64, load<SamEncoder, kSam>},
                      Case{"alexnet.pth", "alexnet.txt", 63, load<AlexNet, kAlexNet>},
                      Case{"alexnet_wrapped.pth", "alexnet.txt", 63, load<AlexNet, kAlexNet>}),
    [](const auto& test) {
      std::string name = std::string(test.param.weights) + "_" + test.param.expected;
      for (char& letter : name)
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
      return name;
    });

TEST(VisionNetworks, aPictureDoesNotDependOnItsBatch) {
  const Case which{"clip_openai.pt", "", 32, load<ClipVision, kClip>};
  std::vector<Image> pictures = {oraclePicture(32, 32)};
  const std::vector<float> alone = layerOf(which, "projection", 12, pictures);
  for (int i = 0; i < 4; ++i) pictures.push_back(oraclePicture(40 + i, 30));
  const std::vector<float> together = layerOf(which, "projection", 12, pictures);
  for (size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(alone[i], together[i], 1e-5);
}

template <typename Network, typename Config>
ErrorParts refusal(const Config& config, const std::filesystem::path& path) {
  return errorOf([&] { (void)loadNetwork<Network>(config, path, "CLIP ViT-B/32"); });
}

TEST(VisionNetworks, namesWhatAnotherNetworksFileHolds) {
  const ErrorParts parts = refusal<ClipVision>(kClip, data("alexnet.pth"));
  EXPECT_THAT(parts.what, HasSubstr("CLIP ViT-B/32"));
  EXPECT_THAT(parts.why, HasSubstr("it lacks class_embedding, positional_embedding, conv1.weight and "));
  EXPECT_THAT(parts.why, HasSubstr("it holds features.0.weight, features.0.bias, features.3.weight and "));
  EXPECT_THAT(parts.remedy, HasSubstr("this very network"));
}

TEST(VisionNetworks, namesTensorsOfAnotherShape) {
  ClipVisionConfig config = kClip;
  config.patch = 16;
  const ErrorParts parts = refusal<ClipVision>(config, data("clip_hugging_face.safetensors"));
  EXPECT_THAT(parts.why, HasSubstr("vision_model.embeddings.position_embedding.weight (17 x 16 instead of 5 x 16)"));
  EXPECT_THAT(parts.why, HasSubstr("patch_embedding.weight (16 x 3 x 8 x 8 instead of 16 x 3 x 16 x 16)"));
  EXPECT_THAT(parts.why, Not(HasSubstr("lacks")));
}

TEST(VisionNetworks, namesTheFewTensorsThatAreMissing) {
  ClipVisionConfig config = kClip;
  config.depth = 3;
  const ErrorParts parts = refusal<ClipVision>(config, data("clip_openai.pt"));
  EXPECT_THAT(parts.why, HasSubstr("it lacks visual.transformer.resblocks.2.ln_1.weight, "));
  EXPECT_THAT(parts.why, HasSubstr(" and 9 more"));
  EXPECT_THAT(parts.why, Not(HasSubstr("it holds")));
  EXPECT_THAT(parts.remedy, HasSubstr("whole"));
}

}  // namespace
}  // namespace corticast
