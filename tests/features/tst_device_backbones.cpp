#include <ATen/core/Tensor.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embed.h"
#include "core/features/internal/network_backbone.h"
#include "core/features/random_weights.h"
#include "tests/features/test_picture.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using namespace corticast::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Gives each picture's first pixels, for so many pictures at most; keeps how many it was asked for.
class Narrow : public VisionNetwork {
 public:
  Narrow(int64_t most, std::vector<int64_t>& asked) : m_most(most), m_asked(asked) {}
  [[nodiscard]] at::Tensor activity(const at::Tensor& pixels, const std::string&) const override {
    m_asked.push_back(pixels.size(0));
    TORCH_CHECK_WITH(OutOfMemoryError, pixels.size(0) <= m_most, "CUDA out of memory. Tried to allocate 9 GiB");
    return pixels.flatten(1).slice(1, 0, 5);
  }

 private:
  int64_t m_most;
  std::vector<int64_t>& m_asked;
};

std::unique_ptr<Backbone> narrow(int64_t most, std::vector<int64_t>& asked) {
  return makeNetworkBackbone({.network = std::make_unique<Narrow>(most, asked),
                              .preprocessing = {.side = 8},
                              .layer = "first",
                              .shape = {5},
                              .picturesAtOnce = 8});
}

std::vector<Image> pictures(int count) {
  std::vector<Image> all;
  for (int i = 0; i < count; ++i) all.push_back(oraclePicture(8 + i, 9));
  return all;
}

TEST(NetworkBackbone, takesFewerPicturesWhenTheMemoryIsFull) {
  std::vector<int64_t> asked, askedWide;
  const Matrix<float> wide = narrow(100, askedWide)->embed(pictures(11));
  EXPECT_THAT(askedWide, ElementsAre(8, 3));
  const auto backbone = narrow(3, asked);
  const Matrix<float> halved = backbone->embed(pictures(11));
  EXPECT_THAT(asked, ElementsAre(8, 4, 2, 2, 2, 2, 2, 1));
  EXPECT_THAT(halved.values(), ::testing::ElementsAreArray(wide.values()));
  asked.clear();
  (void)backbone->embed(pictures(4));
  EXPECT_THAT(asked, ElementsAre(2, 2));  // what it has learned
}

TEST(NetworkBackbone, saysThatNotEvenOnePictureFits) {
  std::vector<int64_t> asked;
  const ErrorParts parts = errorOf([&] { (void)narrow(0, asked)->embed(pictures(3)); });
  EXPECT_THAT(asked, ElementsAre(3, 1));
  EXPECT_THAT(parts.what, HasSubstr("embed 3 pictures, layer first"));
  EXPECT_THAT(parts.why, HasSubstr("memory is full: CUDA out of memory"));
  EXPECT_THAT(parts.remedy, HasSubstr("use the device cpu"));
}

TEST(NetworkBackbone, givesTheNetworksOwnValues) {
  std::vector<int64_t> asked;
  const std::vector<Image> all = pictures(9);
  const Matrix<float> embedding = narrow(100, asked)->embed(all);
  const Preprocessing how{.side = 8};
  std::vector<float> pixels(how.valueCount());
  for (size_t i = 0; i < all.size(); ++i) {
    how.apply(all[i], pixels);
    EXPECT_TRUE(std::equal(embedding.row(i).begin(), embedding.row(i).end(), pixels.begin())) << i;
  }
}

// What follows needs a CUDA device.

double relativeDifference(std::span<const float> a, std::span<const float> b) {
  double largest = 0, difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i])));
    difference = std::max(difference, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return difference / largest;
}

// Sums of thousands of terms in another order, through up to 12 blocks; TF32 would give 1e-3.
constexpr double kTolerance = 1e-4;

class OnCuda : public ::testing::TestWithParam<std::string> {};

TEST_P(OnCuda, theDefaultLayerIsTheCpus) {
  if (cudaStatus().devices.empty()) GTEST_SKIP() << "no CUDA device: " << cudaStatus().reason;
  const BackboneInfo& info = backbone(GetParam());
  const TempDir folder;
  BackboneSetup setup{.layer = info.layers.front().id, .weights = folder / "random.safetensors"};
  if (info.id == "torchscript") {
    setup.weights = testFile("features/data/backbones/scripted.pt");
    setup.parameters = {{"trustCode", true}, {"side", 16}};
  } else {
    writeRandomWeights(info.id, setup.weights);
  }
  const std::vector<Image> three = pictures(3);
  const Matrix<float> cpu = info.make(setup)->embed(three);
  setup.device = chooseDevice("cuda");
  const Matrix<float> cuda = info.make(setup)->embed(three);
  EXPECT_LT(relativeDifference(cpu.values(), cuda.values()), kTolerance);
}

INSTANTIATE_TEST_SUITE_P(backbones, OnCuda,
                         ::testing::Values("alexnet", "clip-vit-b32", "dinov2-s14", "sam-vit-b", "torchscript"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(EmbedOnCuda, aStudysEmbeddingIsTheCpus) {
  if (cudaStatus().devices.empty()) GTEST_SKIP() << "no CUDA device: " << cudaStatus().reason;
  const TempDir folder;
  makeSmallStudy(folder / "study", {.images = 20, .testImages = 4, .pictureSize = 32});
  const Study study = openStudy(folder / "study");
  const auto weights = folder / "random.safetensors";
  writeRandomWeights("alexnet", weights);
  const auto embed = [&](const std::string& device) {
    ProgressReporter silent;
    return std::move(embedStudy(study,
                                {.backbone = "alexnet",
                                 .layer = "classifier.6",
                                 .weights = weights,
                                 .workspace = folder / device,
                                 .device = device},
                                silent)
                         .front());
  };
  const Embedding cpu = embed("cpu"), cuda = embed("cuda");
  EXPECT_EQ(cpu.info().hash, cuda.info().hash);
  EXPECT_EQ(cpu.info().device, "cpu");
  EXPECT_THAT(cuda.info().device, StartsWith("cuda:0, "));
  EXPECT_LT(relativeDifference(cpu.rows(cpu.images()).values(), cuda.rows(cpu.images()).values()), kTolerance);
}

}  // namespace
}  // namespace corticast
