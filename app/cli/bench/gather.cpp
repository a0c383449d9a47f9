#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/bench/bench.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/features/embedding.h"
#include "core/features/reduction.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string embedding;
  size_t batch = 64;
  size_t batches = 20;
  int pca = 0;
};

/// The most memory of its own (not mapped files) that this process had at once, in bytes.
uint64_t peakBytes() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

// The least that reading the same bytes from the same files can take: in order, in large pieces.
double secondsToReadInOrder(const EmbeddingInfo& info, uint64_t wanted) {
  std::vector<char> buffer(8U << 20U);
  return secondsOf(1, [&] {
    uint64_t left = wanted;
    for (const EmbeddingShard& shard : info.shards) {
      const int file = ::open((info.path / shard.file).c_str(), O_RDONLY | O_CLOEXEC);
      ssize_t got = 0;
      while (left > 0 && (got = ::read(file, buffer.data(), std::min<uint64_t>(left, buffer.size()))) > 0)
        left -= static_cast<uint64_t>(got);
      ::close(file);
    }
  });
}

BenchRow benchBatches(const Options& options, const Embedding& embedding, const Json& size) {
  std::vector<uint32_t> order = Philox(1).permutation(embedding.info().images());
  order.resize(std::min(order.size(), options.batch * options.batches));
  Matrix<float> out(options.batch, embedding.featureCount());
  const auto gatherAll = [&] {
    for (size_t first = 0; first < order.size(); first += options.batch) {
      const size_t count = std::min(options.batch, order.size() - first);
      embedding.gather(std::span(order).subspan(first, count), out.view().block(0, 0, count, out.cols()));
    }
  };
  gatherAll();  // the first time checks every shard's hash
  const double seconds = secondsOf(3, gatherAll);
  const uint64_t bytes = order.size() * embedding.featureCount() * embedding.info().form.valueBytes();
  Json all = size;
  all["pictures_read"] = order.size();
  all["bytes_read"] = bytes;
  return {"gather shuffled minibatches",
          all,
          seconds,
          "reading as many bytes of the files in order",
          secondsToReadInOrder(embedding.info(), bytes),
          {}};
}

BenchRow benchFit(const Options& options, const Embedding& embedding, const Context& context, Json size) {
  std::vector<uint32_t> rows(embedding.info().images());
  for (uint32_t row = 0; row < rows.size(); ++row) rows[row] = row;
  Reduction reduction;
  const double seconds = secondsOf(1, [&] {
    reduction = Reduction::fit({rows.size(), embedding.featureCount(),
                                [&](size_t first, MatrixView<float> out) {
                                  embedding.gather(std::span(rows).subspan(first, out.rows()), out);
                                }},
                               {.standardise = false, .pca = options.pca}, context.stop);
  });
  double captured = 0;
  for (const double share : reduction.explainedVarianceRatio()) captured += share;
  size["components"] = options.pca;
  size["variance_captured"] = captured;
  size["peak_bytes"] = peakBytes();
  return {"fit components out of core", size, seconds, "", {}, {}};
}

std::vector<BenchRow> benchGather(const Options& options, const Context& context) {
  const Embedding embedding = Embedding::open(options.embedding);
  const Json size = {{"images", embedding.info().images()},
                     {"features", embedding.featureCount()},
                     {"dtype", embedding.info().form.dtype},
                     {"batch", options.batch}};
  std::vector<BenchRow> rows = {benchBatches(options, embedding, size)};
  if (options.pca > 0) rows.push_back(benchFit(options, embedding, context, size));
  return rows;
}

}  // namespace

void addGatherBench(CLI::App& bench) {
  auto options = std::make_shared<Options>();
  CLI::App* command = addBench(bench, "gather", "Read shuffled minibatches of an embedding, and fit components of it",
                               [options](const Context& context) { return benchGather(*options, context); });
  command->add_option("embedding", options->embedding, "The embedding's folder")->required();
  command->add_option("--batch", options->batch, "Pictures per minibatch")->check(CLI::Range(1, 4096));
  command->add_option("--batches", options->batches, "Minibatches")->check(CLI::Range(1, 100000));
  command->add_option("--pca", options->pca, "Components to fit; 0 = none")->check(CLI::Range(0, 4096));
}

}  // namespace corticast::cli
