#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.h"

namespace corticast::cli {

/// One line of a benchmark's report.
struct BenchRow {
  std::string name;                            ///< "linear, one epoch"
  Json size;                                   ///< object of what was worked on: {"images": 8857, "features": 512}
  double seconds = 0;                          ///< the best of the repeats unless the name says otherwise
  std::string baseline;                        ///< what it is compared with, measured in this process; "" for nothing
  std::optional<double> baselineSeconds = {};  ///< of that
  std::optional<double> limitSeconds = {};     ///< what `seconds` must not exceed; absent for none
  std::optional<double> peakMib = {};          ///< memory it took at most; absent when not measured
  std::optional<double> baselinePeakMib = {};  ///< the same of the baseline
};

/// Adds `bench NAME` with the option --json; `run` measures. The returned App takes the benchmark's own options
/// (values that `run` captures must outlive parsing: use a shared_ptr to an options struct).
using Bench = std::function<std::vector<BenchRow>(const Context&)>;
CLI::App* addBench(CLI::App& bench, const std::string& name, const std::string& help, Bench run);

/// Seconds that `work` takes: the least of `repeats` calls.
[[nodiscard]] double secondsOf(int repeats, const std::function<void()>& work);

// The catalogue: one function per file of bench/, called in this order by commands/bench.cpp.
void addEmbedBench(CLI::App& bench);
void addGatherBench(CLI::App& bench);
void addLinearBench(CLI::App& bench);
void addLoadBench(CLI::App& bench);
void addPositionalBench(CLI::App& bench);
void addRidgeBench(CLI::App& bench);

}  // namespace corticast::cli
