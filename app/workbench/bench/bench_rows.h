#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/data/study.h"
#include "core/surface/mesh.h"

namespace corticast {

/// One measured quantity.
struct BenchRow {
  std::string name;
  std::vector<double> milliseconds = {};  ///< of each repetition that counts
  double target = 0;
  Json extra = Json::object();  ///< further members of its JSON
};

[[nodiscard]] double timed(const std::function<void()>& action);
[[nodiscard]] Json toJson(const BenchRow& row);
void print(const std::vector<BenchRow>& rows, bool asJson);

/// A study of one subject that reaches to the last vertex, so that the full template is taken.
[[nodiscard]] std::shared_ptr<const Study> fullResolution();
/// A smooth map on these positions that differs from step to step.
[[nodiscard]] std::vector<float> waves(const std::vector<Position>& positions, int step);

// Each measures what bench.h says of its name.
[[nodiscard]] std::vector<BenchRow> benchView(const std::string& name);
[[nodiscard]] std::vector<BenchRow> benchStartup(const std::string& dataset);
[[nodiscard]] std::vector<BenchRow> benchExport();
[[nodiscard]] std::vector<BenchRow> benchPictures();
[[nodiscard]] std::vector<BenchRow> benchLive(const std::string& dataset);

}  // namespace corticast
