#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/bench/bench.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/models/plain_positional.h"
#include "core/training/prepare.h"

namespace corticast::cli {
namespace {

struct PositionalOptions {
  size_t batch = 64;
  size_t vertices = 500;
  size_t features = 512;
  unsigned threads = 0;
  int repeats = 5;
};

constexpr size_t kSteps = 4;  // per measurement

void fillUniform(std::span<float> values, double low, double high, uint64_t stream) {
  Philox random(1, stream);
  for (float& value : values) value = static_cast<float>(random.uniform(low, high));
}

std::unique_ptr<Trainer> syntheticTrainer(const PositionalOptions& options) {
  const size_t rows = kSteps * options.batch;
  TargetGroup group;
  group.id = "group";
  group.settings = groupSettingsFromJson({{"architecture", "positional"},
                                          {"batchSize", options.batch},
                                          {"learningRate", 7.5e-6},
                                          {"maxEpochs", 100000},
                                          {"patience", 0}},
                                         "bench positional");
  CohortData data;
  Matrix<float> features(rows, options.features);
  fillUniform(features.values(), -1.7, 1.7, 0);
  data.features = featureSource(std::move(features));
  for (uint32_t row = 0; row < rows; ++row) data.split.train.push_back(row);
  Matrix<float> responses(rows, options.vertices);
  fillUniform(responses.values(), -1.7, 1.7, 1);
  data.sources.push_back(targetSource(std::move(responses)));
  VertexPositions positions;
  positions.relative = Matrix<float>(options.vertices, 3);
  fillUniform(positions.relative.values(), 0, 1, 2);
  data.positions.push_back(std::move(positions));
  return makeTrainer(std::move(data), {group}, {.threads = options.threads});
}

double residentMib(const char* key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key)) return std::stod(line.substr(line.find(':') + 1)) / 1024;
  return 0;
}

/// How much more memory the process has at its peak during `work` than before it.
double peakMibOf(const std::function<void()>& work) {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak starts anew
  const double before = residentMib("VmRSS");
  work();
  return residentMib("VmHWM") - before;
}

// Both take turns, so that other load on the machine falls on either.
std::vector<BenchRow> benchPositional(PositionalOptions options, const Context& context) {
  if (options.threads == 0) options.threads = availableThreads();
  BenchRow row{.name = "positional, one training step",
               .size = {{"batch", options.batch},
                        {"vertices", options.vertices},
                        {"features", options.features},
                        {"threads", options.threads}},
               .baseline = "Conv1d fed with concatenations, by the same LibTorch",
               .baselineSeconds = {},
               .limitSeconds = {}};
  const auto trainer = syntheticTrainer(options);
  PlainPositional plain({.pictures = static_cast<int64_t>(options.batch),
                         .vertices = static_cast<int64_t>(options.vertices),
                         .features = static_cast<int64_t>(options.features),
                         .threads = static_cast<int>(options.threads)});
  const auto ours = [&] { (void)trainer->runEpoch(context.stop); };
  const auto theirs = [&] { (void)plain.step(); };
  row.peakMib = peakMibOf(ours);
  row.baselinePeakMib = peakMibOf(theirs);
  double best = 1e9, plainBest = 1e9;
  for (int i = 0; i < options.repeats; ++i) {
    best = std::min(best, secondsOf(1, ours) / kSteps);
    plainBest = std::min(plainBest, secondsOf(kSteps, theirs));
  }
  row.seconds = best;
  row.baselineSeconds = plainBest;
  row.limitSeconds = plainBest / 2.5;
  return {row};
}

}  // namespace

void addPositionalBench(CLI::App& bench) {
  auto options = std::make_shared<PositionalOptions>();
  CLI::App* command = addBench(bench, "positional", "One training step of a positional model, by time and memory",
                               [options](const Context& context) { return benchPositional(*options, context); });
  command->add_option("--batch", options->batch, "Pictures per minibatch")->check(CLI::Range(2, 65536));
  command->add_option("--vertices", options->vertices, "Vertices of the ROI")->check(CLI::Range(1, 100000));
  command->add_option("--features", options->features, "Features per picture")->check(CLI::Range(1, 100000));
  command->add_option("--threads", options->threads, "Threads; 0: all there are");
  command->add_option("--repeats", options->repeats, "Measurements; the least counts")->check(CLI::Range(1, 1000));
}

}  // namespace corticast::cli
