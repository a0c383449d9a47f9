#include "app/cli/bench/bench.h"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <limits>
#include <memory>

#include "core/base/text.h"

namespace corticast::cli {
namespace {

Json orNull(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json toJson(const BenchRow& row) {
  Json json = Json::object();
  json["name"] = row.name;
  json["size"] = row.size;
  json["seconds"] = row.seconds;
  json["baseline"] = row.baseline.empty() ? Json() : Json(row.baseline);
  json["baseline_seconds"] = orNull(row.baselineSeconds);
  json["limit_seconds"] = orNull(row.limitSeconds);
  if (row.peakMib) json["peak_mib"] = *row.peakMib;
  if (row.baselinePeakMib) json["baseline_peak_mib"] = *row.baselinePeakMib;
  return json;
}

std::string sizeText(const Json& size) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : size.items()) parts.push_back(key + " " + value.dump());
  return join(parts, ", ");
}

std::string shortSeconds(double seconds) {
  return seconds < 0.1 ? fixed(1000 * seconds, 2) + " ms" : fixed(seconds, 3) + " s";
}

void print(const std::vector<BenchRow>& rows) {
  size_t width = 0;
  for (const BenchRow& row : rows) width = std::max(width, row.name.size());
  for (const BenchRow& row : rows) {
    std::cout << std::left << std::setw(static_cast<int>(width)) << row.name << "  " << std::right << std::setw(10)
              << shortSeconds(row.seconds);
    if (row.limitSeconds)
      std::cout << (row.seconds <= *row.limitSeconds ? "  within " : "  OVER the limit of ")
                << shortSeconds(*row.limitSeconds);
    if (row.baselineSeconds) {
      std::cout << "  " << fixed(*row.baselineSeconds / row.seconds, 2) << " x as fast as " << row.baseline << " ("
                << shortSeconds(*row.baselineSeconds) << ")";
    }
    if (row.peakMib) std::cout << "  " << fixed(*row.peakMib, 0) << " MiB";
    if (row.baselinePeakMib) std::cout << " against " << fixed(*row.baselinePeakMib, 0) << " MiB";
    std::cout << "  [" << sizeText(row.size) << "]\n";
  }
  std::cout << std::flush;
}

}  // namespace

CLI::App* addBench(CLI::App& bench, const std::string& name, const std::string& help, Bench run) {
  auto isJson = std::make_shared<bool>(false);
  CLI::App* command = addCommand(bench, name, help, [isJson, run = std::move(run)](const Context& context) {
    const std::vector<BenchRow> rows = run(context);
    if (*isJson) {
      Json list = Json::array();
      for (const BenchRow& row : rows) list.push_back(toJson(row));
      printJson(list);
    } else {
      print(rows);
    }
    return kDone;
  });
  command->add_flag("--json", *isJson, "Print the rows as JSON");
  return command;
}

double secondsOf(int repeats, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repeats; ++i) {
    const auto started = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - started).count());
  }
  return best;
}

}  // namespace corticast::cli
