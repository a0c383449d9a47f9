#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numbers>
#include <span>

#include "app/cli/bench/bench.h"
#include "app/cli/bench/scratch_folder.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embed.h"
#include "core/features/gabor.h"
#include "core/features/random_weights.h"
#include "core/features/resample.h"
#include "core/formats/image.h"

namespace corticast::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  size_t images = 64;
  int side = 425;
  std::string backbone;           ///< "" = only what needs no weights
  std::string layer;              ///< "" = the backbone's default
  std::filesystem::path weights;  ///< of that backbone; "" = random ones
  std::string device = "cpu";     ///< for that backbone
};

// Edges and gratings under noise: compresses about as well as a photograph does.
Image picture(uint64_t seed, int side) {
  Philox random(seed);
  Image image{side, side, {}};
  image.rgb.reserve(static_cast<size_t>(side) * static_cast<size_t>(side) * 3);
  const double frequency = random.uniform(0.02, 0.4);
  const double angle = random.uniform(0, std::numbers::pi);
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const double wave = std::sin(frequency * (x * std::cos(angle) + y * std::sin(angle)));
      const double patch = (x / 60 + y / 45) % 2 * 50;
      for (int channel = 0; channel < 3; ++channel)
        image.rgb.push_back(static_cast<uint8_t>(90 + 50 * wave + patch + 10 * channel + random.uniform(0, 25)));
    }
  return image;
}

// The wavelets of one scale as a plain program writes them: every position, orientation and phase a sum over the
// pixels within three standard deviations.
double directEnergies(const Matrix<float>& grey, int cycles, int orientations) {
  const int size = static_cast<int>(grey.rows());
  const double spacing = static_cast<double>(size) / cycles;
  const double sigma = 0.5622 * spacing;
  const int reach = static_cast<int>(std::ceil(3 * sigma));
  const int width = 2 * reach + 1;
  double total = 0;
  for (int k = 0; k < orientations; ++k) {
    const double angle = std::numbers::pi * k / orientations;
    std::vector<float> even(static_cast<size_t>(width * width));
    std::vector<float> odd(even.size());
    for (int v = -reach; v <= reach; ++v)
      for (int u = -reach; u <= reach; ++u) {
        const double phase = 2 * std::numbers::pi / spacing * (u * std::cos(angle) + v * std::sin(angle));
        const double envelope = std::exp(-(u * u + v * v) / (2 * sigma * sigma));
        even[static_cast<size_t>((v + reach) * width + u + reach)] = static_cast<float>(envelope * std::cos(phase));
        odd[static_cast<size_t>((v + reach) * width + u + reach)] = static_cast<float>(envelope * std::sin(phase));
      }
    for (int j = 0; j < cycles; ++j)
      for (int i = 0; i < cycles; ++i) {
        const int centreX = static_cast<int>((i + 0.5) * spacing);
        const int centreY = static_cast<int>((j + 0.5) * spacing);
        float e = 0;
        float o = 0;
        for (int y = std::max(0, centreY - reach); y < std::min(size, centreY + reach + 1); ++y)
          for (int x = std::max(0, centreX - reach); x < std::min(size, centreX + reach + 1); ++x) {
            const auto tap = static_cast<size_t>((y - centreY + reach) * width + x - centreX + reach);
            const float value = grey(static_cast<size_t>(y), static_cast<size_t>(x));
            e += value * even[tap];
            o += value * odd[tap];
          }
        total += std::sqrt(e * e + o * o);
      }
  }
  return total;
}

BenchRow decodedPictures(const Options& options, const std::vector<Image>& pictures) {
  const GaborConfig config;
  const GaborPyramid pyramid(config);
  const double seconds = secondsOf(3, [&] { (void)pyramid.embed(pictures, 1); });
  // Written out, a picture takes so long that a few stand for all.
  const size_t few = std::min<size_t>(4, pictures.size());
  double sum = 0;
  const double direct = secondsOf(1, [&] {
    for (size_t i = 0; i < few; ++i) {
      const auto planes = resampledPlanes(pictures[i], static_cast<size_t>(config.size));
      for (const int cycles : config.cycles) sum += directEnergies(planes[1], cycles, config.orientations);
    }
  });
  const auto count = static_cast<double>(pictures.size());
  return {.name = "gabor, decoded pictures, one thread",
          .size = {{"images", pictures.size()},
                   {"pixels", options.side},
                   {"features", pyramid.featureCount()},
                   {"images_per_second", std::round(count / seconds)}},
          .seconds = seconds,
          .baseline = "every wavelet summed in two dimensions",
          .baselineSeconds = std::isfinite(sum) ? direct * count / static_cast<double>(few) : 0,
          .limitSeconds = count / 100};
}

// A backbone on decoded pictures, in batches as the command makes them, all threads. The better of two runs: the first
// one on CUDA also chooses kernels.
BenchRow chosenBackbone(const Options& options, const std::vector<Image>& pictures) {
  const BackboneInfo& info = backbone(options.backbone);
  const std::string layer = info.layer(options.layer).id;
  const Device device = embedDevice({.backbone = info.id, .device = options.device});
  const ScratchFolder scratch({}, "set TMPDIR to a writable folder");
  std::filesystem::path weights = options.weights;
  if (weights.empty() && info.tensors) {
    weights = scratch.path() / "random.safetensors";
    writeRandomWeights(info.id, weights);
  }
  const std::unique_ptr<Backbone> made = info.make({.layer = layer, .weights = weights, .device = device});
  const size_t batch = made->picturesAtOnce();
  const double seconds = secondsOf(2, [&] {
    for (size_t first = 0; first < pictures.size(); first += batch)
      (void)made->embed(std::span(pictures).subspan(first, std::min(batch, pictures.size() - first)));
  });
  return {.name = info.id + " " + layer + ", decoded pictures, " + device.id(),
          .size = {{"images", pictures.size()},
                   {"pixels", options.side},
                   {"threads", availableThreads()},
                   {"batch", batch},
                   {"images_per_second", static_cast<double>(pictures.size()) / seconds}},
          .seconds = seconds,
          .baseline = {},
          .baselineSeconds = {},
          .limitSeconds = {}};
}

// The whole command: read, hash, decode, embed, store.
BenchRow wholeCommand(const Options& options, const std::vector<Image>& pictures) {
  const ScratchFolder scratch({}, "set TMPDIR to a writable folder");
  Study study;
  study.root = scratch.path();
  study.subjects.emplace_back().id = "subj01";
  for (size_t i = 0; i < pictures.size(); ++i) {
    Stimulus stimulus;
    stimulus.file = std::to_string(10000 + i) + ".png";
    stimulus.path = study.root / stimulus.file;
    writePng(stimulus.path, pictures[i]);
    study.subjects[0].trainingImages.push_back(stimulus);
  }
  int round = 0;
  ProgressReporter progress;
  const double seconds =
      secondsOf(3, [&] { (void)embedStudy(study, {.workspace = study.root / std::to_string(round++)}, progress); });
  const double decoding = secondsOf(3, [&] {
    parallelFor(pictures.size(), 0, [&](size_t i) { (void)readImage(study.subjects[0].trainingImages[i].path); });
  });
  return {.name = "embed, PNG files to stored shards",
          .size = {{"images", pictures.size()},
                   {"pixels", options.side},
                   {"threads", availableThreads()},
                   {"images_per_second", std::round(static_cast<double>(pictures.size()) / seconds)}},
          .seconds = seconds,
          .baseline = "decoding the pictures alone",
          .baselineSeconds = decoding,
          .limitSeconds = static_cast<double>(pictures.size()) / 100};
}

}  // namespace

void addEmbedBench(CLI::App& bench) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      addBench(bench, "embed", "Gabor pyramid and embedding store, or one backbone", [options](const Context&) {
        std::vector<Image> pictures(options->images);
        parallelFor(pictures.size(), 0, [&](size_t i) { pictures[i] = picture(i, options->side); });
        if (!options->backbone.empty()) return std::vector<BenchRow>{chosenBackbone(*options, pictures)};
        return std::vector<BenchRow>{decodedPictures(*options, pictures), wholeCommand(*options, pictures)};
      });
  command->add_option("--images", options->images, "Number of pictures")->check(CLI::Range(1, 10000));
  command->add_option("--side", options->side, "Their side in pixels")->check(CLI::Range(16, 4096));
  command->add_option("--backbone", options->backbone, "Measure this backbone instead");
  command->add_option("--layer", options->layer, "Its layer (default: its first)");
  command->add_option("--weights", options->weights, "Its weights file (default: random weights)");
  command->add_option("--device", options->device, "auto, cpu, cuda, cuda:N: what it is computed on (default: cpu)");
}

}  // namespace corticast::cli
