#include "app/cli/bench/bench.h"

namespace corticast::cli {

void addBenchmarks(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "Measure a part of the program on this machine");
  bench->require_subcommand(1);
  addEmbedBench(*bench);
  addGatherBench(*bench);
  addLinearBench(*bench);
  addLoadBench(*bench);
  addPositionalBench(*bench);
  addRidgeBench(*bench);
}

}  // namespace corticast::cli
