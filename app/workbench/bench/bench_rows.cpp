#include "app/workbench/bench/bench_rows.h"

#include <QElapsedTimer>
#include <algorithm>
#include <cmath>
#include <iostream>

#include "core/base/text.h"

namespace corticast {
namespace {

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

double timed(const std::function<void()>& action) {
  QElapsedTimer timer;
  timer.start();
  action();
  return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

std::vector<float> waves(const std::vector<Position>& positions, int step) {
  std::vector<float> values(positions.size());
  std::ranges::transform(positions, values.begin(), [step](const Position& p) {
    return std::sin(0.08F * p[1] + 0.4F * static_cast<float>(step)) * std::cos(0.06F * p[2]);
  });
  return values;
}

std::shared_ptr<const Study> fullResolution() {
  Study study;
  Subject subject{.id = "bench", .trainingImages = {}, .testImages = {}, .hemispheres = {}};
  subject.hemispheres.push_back({.hemisphere = Hemisphere::Left,
                                 .vertices = {0, kFsaverageVertices - 1},
                                 .rois = {},
                                 .training = nullptr,
                                 .test = nullptr,
                                 .noiseCeiling = {}});
  study.subjects.push_back(std::move(subject));
  return std::make_shared<const Study>(std::move(study));
}

Json toJson(const BenchRow& row) {
  Json json = {{"name", row.name},
               {"milliseconds_min", std::ranges::min(row.milliseconds)},
               {"milliseconds_median", median(row.milliseconds)},
               {"target", row.target},
               {"repetitions", row.milliseconds.size()}};
  json.update(row.extra);
  return json;
}

void print(const std::vector<BenchRow>& rows, bool asJson) {
  Json document = Json::array();
  for (const BenchRow& row : rows) {
    document.push_back(toJson(row));
    if (!asJson)
      std::cout << row.name << ": " << fixed(std::ranges::min(row.milliseconds), 2) << " ms at best, "
                << fixed(median(row.milliseconds), 2) << " ms in the median; target " << fixed(row.target, 0) << " ms"
                << (row.extra.empty() ? "" : " " + row.extra.dump()) << std::endl;
  }
  if (asJson) std::cout << document.dump(2) << std::endl;
}

}  // namespace corticast
