#include "core/features/backbones.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "core/features/random_weights.h"
#include "tests/features/test_picture.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool isFileName(const std::string& id) {
  return !id.empty() && id.front() != '.' && std::ranges::all_of(id, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

TEST(Backbones, everyEntryIsComplete) {
  std::set<std::string> ids;
  for (const BackboneInfo& info : backbones()) {
    EXPECT_TRUE(isFileName(info.id)) << info.id;
    EXPECT_TRUE(ids.insert(info.id).second) << info.id;
    EXPECT_FALSE(info.label.empty() || info.help.empty()) << info.id;
    ASSERT_FALSE(info.layers.empty()) << info.id;
    std::set<std::string> layers;
    for (const BackboneLayer& layer : info.layers) {
      EXPECT_TRUE(isFileName(layer.id)) << info.id << " " << layer.id;
      EXPECT_TRUE(layers.insert(layer.id).second) << info.id << " " << layer.id;
      EXPECT_FALSE(layer.label.empty());
      // Only what the user's own choice decides may be left open.
      EXPECT_EQ(layer.shape.empty(), info.id == "gabor" || info.id == "torchscript") << info.id << " " << layer.id;
    }
    EXPECT_EQ(info.usesDevices, !info.weights.empty()) << info.id;
    EXPECT_EQ(info.tensors != nullptr, info.usesDevices && info.id != "torchscript") << info.id;
    for (const PublishedWeights& weights : info.published) {
      EXPECT_TRUE(weights.url.starts_with("https://") && weights.url.ends_with(weights.file)) << weights.url;
      EXPECT_TRUE(weights.sha256.empty() || weights.sha256.size() == 64) << weights.file;
      EXPECT_EQ(info.publishedOf(weights.sha256), weights.sha256.empty() ? nullptr : &weights);
    }
  }
}

TEST(Backbones, sayTheirShapes) {
  EXPECT_THAT(backbone("alexnet").layer("").shape, ElementsAre(64, 27, 27));
  EXPECT_THAT(backbone("clip-vit-b32").layer("").shape, ElementsAre(512));
  EXPECT_THAT(backbone("clip-vit-l14").layer("patches").shape, ElementsAre(1024, 16, 16));
  EXPECT_THAT(backbone("sam-vit-h").layer("").shape, ElementsAre(256, 64, 64));
  EXPECT_THAT(backbone("dinov2-s14").layer("block.12").shape, ElementsAre(384));
}

TEST(Backbones, refuseAFileOfAnotherNetwork) {
  for (const BackboneInfo& info : backbones()) {
    if (info.weights.empty() || info.id == "torchscript") continue;
    const BackboneSetup setup{.layer = info.layers.front().id,
                              .weights = testFile("features/data/backbones/clip_hugging_face.safetensors")};
    EXPECT_THAT(errorOf([&] { (void)info.make(setup); }).what, HasSubstr(info.label)) << info.id;
  }
}

TEST(Backbones, takeRandomWeights) {
  const TempDir folder;
  writeRandomWeights("dinov2-s14", folder / "random.safetensors");
  const auto made = backbone("dinov2-s14").make({.layer = "class", .weights = folder / "random.safetensors"});
  const Matrix<float> embedding = made->embed(std::vector<Image>{oraclePicture(60, 60)});
  EXPECT_EQ(embedding.cols(), 384U);
  EXPECT_GT(*std::ranges::max_element(embedding.row(0)), 0.1F);
  EXPECT_LT(*std::ranges::max_element(embedding.row(0)), 10.0F);
  EXPECT_THAT(errorOf([&] { writeRandomWeights("torchscript", folder / "x"); }).where, HasSubstr("TorchScript"));
}

BackboneSetup scripted(Json parameters) {
  return {.layer = "output",
          .parameters = std::move(parameters),
          .weights = testFile("features/data/backbones/scripted.pt")};
}

TEST(Backbones, runNoCodeThatNobodyTrusts) {
  const BackboneInfo& info = backbone("torchscript");
  const ErrorParts parts = errorOf([&] { (void)info.make(scripted(Json::object())); });
  EXPECT_THAT(parts.why, HasSubstr("is a program"));
  EXPECT_THAT(parts.remedy, HasSubstr("trustCode=true"));
}

// The module of tests/oracles/backbones.py: each channel's mean over the picture, and the mean's square.
TEST(Backbones, runATrustedTorchScriptFile) {
  const auto own =
      backbone("torchscript").make(scripted({{"trustCode", true}, {"side", 16}, {"normalisation", "none"}}));
  EXPECT_THAT(own->shape(), ElementsAre(2, 3));
  const Image grey{2, 2, {0, 51, 255, 0, 51, 255, 0, 51, 255, 0, 51, 255}};
  const Matrix<float> embedding = own->embed(std::vector<Image>{grey, grey});
  const std::vector<float> expected = {0, 0.2F, 1, 0, 0.04F, 1};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(embedding(1, i), expected[i], 1e-6);
}

TEST(Backbones, sayWhyATorchScriptFileIsNoGood) {
  const BackboneInfo& info = backbone("torchscript");
  BackboneSetup setup = scripted({{"trustCode", true}});
  setup.weights = testFile("features/data/backbones/clip_hugging_face.safetensors");
  EXPECT_THAT(errorOf([&] { (void)info.make(setup); }).remedy, HasSubstr("torch.jit"));
  EXPECT_THAT(errorOf([&] {
                (void)info.make(scripted({{"trustCode", true}, {"fit", "crop"}, {"shorterSide", 100}}));
              }).remedy,
              HasSubstr("shorterSide"));
}

}  // namespace
}  // namespace corticast
