#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "app/cli/bench/bench.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/linalg/aligned_matrix.h"
#include "core/linalg/blas.h"
#include "core/training/prepare.h"

namespace corticast::cli {
namespace {

struct LinearOptions {
  size_t batch = 64;
  size_t images = 8857;
  size_t validation = 984;
  size_t features = 512;
  // 26 ROIs of both hemispheres with 7,600 vertices, sizes as spread as in a subject of the challenge.
  std::vector<size_t> groups = {900, 700, 650, 600, 550, 500, 450, 400, 350, 300, 280, 260, 240,
                                220, 200, 180, 160, 140, 120, 100, 90,  80,  50,  40,  25,  15};
  unsigned threads = 0;
  std::string device = "cpu";
  int repeats = 5;
};

void fillNormal(std::span<float> values, uint64_t stream) {
  Philox random(1, stream);
  for (float& value : values) value = static_cast<float>(random.uniform(-1.7, 1.7));  // variance 1
}

CohortData syntheticCohort(const LinearOptions& options, std::vector<TargetGroup>& groups, const std::string& solver) {
  const size_t rows = options.images + options.validation;
  CohortData data;
  Matrix<float> features(rows, options.features);
  fillNormal(features.values(), 0);
  data.features = featureSource(std::move(features));
  for (uint32_t row = 0; row < rows; ++row)
    (row < options.images ? data.split.train : data.split.validation).push_back(row);
  for (size_t g = 0; g < options.groups.size(); ++g) {
    Matrix<float> response(rows, options.groups[g]);
    fillNormal(response.values(), g + 1);
    data.sources.push_back(targetSource(std::move(response)));
    TargetGroup group;
    group.id = "group" + std::to_string(g + 1);
    group.settings.batchSize = static_cast<int>(options.batch);
    group.settings.patience = 0;
    group.settings.solver = solver;
    groups.push_back(group);
  }
  return data;
}

// The floor: what an epoch has to multiply, in the two largest products there are.
double productsSeconds(AlignedMatrix& x, AlignedMatrix& w, AlignedMatrix& p, AlignedMatrix& gradient) {
  return secondsOf(1, [&] {
    gemm(Transpose::No, Transpose::Yes, 1.0F, x.view(), w.view(), 0.0F, p.view());
    gemm(Transpose::Yes, Transpose::No, 1.0F, p.view(), x.view(), 0.0F, gradient.view());
  });
}

double medianOf(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Json sizeOf(const LinearOptions& options, size_t columns) {
  return {{"batch", options.batch},       {"images", options.images},        {"validation", options.validation},
          {"features", options.features}, {"groups", options.groups.size()}, {"vertices", columns}};
}

// Epochs and products take turns, so that other load on the machine falls on both.
std::vector<BenchRow> benchLinear(const LinearOptions& options, const Context& context) {
  const size_t columns = std::accumulate(options.groups.begin(), options.groups.end(), size_t{0});
  std::vector<TargetGroup> groups;
  CohortData data = syntheticCohort(options, groups, "adamw");
  const Device device = chooseDevice(options.device);
  auto trainer = makeTrainer(std::move(data), groups, {.device = device, .threads = options.threads});
  AlignedMatrix x(options.images, options.features), w(columns, options.features), p(options.images, columns),
      gradient(columns, options.features);
  for (size_t r = 0; r < x.rows(); ++r) fillNormal(x.row(r), 1000 + r);
  for (size_t r = 0; r < w.rows(); ++r) fillNormal(w.row(r), 100000 + r);
  (void)productsSeconds(x, w, p, gradient);
  (void)trainer->runEpoch(context.stop);  // gathers the responses
  std::vector<double> epochs, products;
  for (int i = 0; i < options.repeats; ++i) {
    products.push_back(productsSeconds(x, w, p, gradient));
    epochs.push_back(secondsOf(1, [&] { (void)trainer->runEpoch(context.stop); }));
  }
  const double floor = std::ranges::min(products);
  const bool isCpu = device.kind == DeviceKind::Cpu;
  const std::string baseline = std::string("the epoch's two matrix products alone") + (isCpu ? "" : " on the CPU");
  const std::string name = "linear, one epoch" + (isCpu ? "" : " on " + device.id());
  const auto limit = isCpu ? std::optional<double>(1.3 * floor) : std::nullopt;
  return {{name, sizeOf(options, columns), std::ranges::min(epochs), baseline, floor, limit},
          {name + " (median)", sizeOf(options, columns), medianOf(epochs), baseline + " (median)", medianOf(products),
           std::nullopt}};
}

std::vector<BenchRow> benchRidge(const LinearOptions& options, const Context& context) {
  const size_t columns = std::accumulate(options.groups.begin(), options.groups.end(), size_t{0});
  std::vector<BenchRow> rows;
  for (const std::string choice : {"fixed", "per-vertex"}) {
    std::vector<TargetGroup> groups;
    const CohortData data = syntheticCohort(options, groups, "ridge");
    for (TargetGroup& group : groups) group.settings.ridgeChoice = choice;
    const double seconds = secondsOf(options.repeats, [&] {
      (void)makeTrainer(data, groups, {.threads = options.threads})->runEpoch(context.stop);
    });
    rows.push_back(
        {"ridge, " + choice + " penalty", sizeOf(options, columns), seconds, "", std::nullopt, std::nullopt});
  }
  AlignedMatrix x(options.images, options.features), y(options.images, columns), product(options.features, columns);
  const double floor = secondsOf(
      options.repeats, [&] { gemm(Transpose::Yes, Transpose::No, 1.0F, x.view(), y.view(), 0.0F, product.view()); });
  for (BenchRow& row : rows) {
    row.baseline = "one product of features and responses in float32";
    row.baselineSeconds = floor;
    row.size.erase("batch");
  }
  return rows;
}

void addOptions(CLI::App* command, LinearOptions& options) {
  command->add_option("--images", options.images, "Training pictures")->check(CLI::Range(2, 1000000));
  command->add_option("--validation", options.validation, "Validation pictures")->check(CLI::Range(0, 1000000));
  command->add_option("--features", options.features, "Features per picture")->check(CLI::Range(1, 100000));
  command->add_option("--groups", options.groups, "Vertices of each target group")->delimiter(',');
  command->add_option("--threads", options.threads, "Threads; 0: all there are");
  command->add_option("--repeats", options.repeats, "Measurements; the least counts")->check(CLI::Range(1, 1000));
}

}  // namespace

void addLinearBench(CLI::App& bench) {
  auto options = std::make_shared<LinearOptions>();
  CLI::App* command = addBench(bench, "linear", "One epoch of linear models by AdamW",
                               [options](const Context& context) { return benchLinear(*options, context); });
  command->add_option("--batch", options->batch, "Pictures per minibatch")->check(CLI::Range(1, 65536));
  command->add_option("--device", options->device, "cpu, cuda, cuda:N or auto")->capture_default_str();
  addOptions(command, *options);
}

void addRidgeBench(CLI::App& bench) {
  auto options = std::make_shared<LinearOptions>();
  options->groups = {19004};
  options->features = 100;
  options->repeats = 1;
  addOptions(addBench(bench, "ridge", "Ridge regression in closed form",
                      [options](const Context& context) { return benchRidge(*options, context); }),
             *options);
}

}  // namespace corticast::cli
