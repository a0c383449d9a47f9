#include "tests/gui/snapshots.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "core/formats/npy.h"
#include "core/runs/journal.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast::testing {
namespace {

constexpr double kNow = 1764000000;  // 24 November 2025

bool isWanted(const RunSketch& sketch, const Roi& roi) {
  if (roi.isAbsent()) return false;
  return sketch.rois.empty() ? roi.roiClass != "streams" : std::ranges::count(sketch.rois, roi.name) > 0;
}

GroupCurve learn(const RunSketch& sketch, size_t group) {
  std::minstd_rand random(sketch.seed * 7919 + static_cast<unsigned>(group) * 104729 + 17);
  std::uniform_real_distribution<double> share(0, 1);
  const double pace = 3 + 4 * share(random), floor = 0.93 - 0.35 * sketch.quality * (0.5 + share(random));
  const double turn = 12 + 30 * share(random), reached = sketch.quality * (0.6 + 0.8 * share(random));
  GroupCurve curve;
  double best = 1e9;
  for (int epoch = 1; epoch <= sketch.epochs; ++epoch) {
    const double fallen = std::exp(-epoch / pace), over = std::max(0.0, epoch - turn);
    const double noise = 0.004 * (share(random) - 0.5);
    curve.trainLoss.push_back(floor * 0.93 + 0.42 * fallen - 0.0012 * epoch + noise / 2);
    curve.validationLoss.push_back(floor + 0.34 * fallen + 0.0011 * over + noise);
    curve.learningRate.push_back(1e-4 * std::pow(0.75, (epoch - 1) / 10));
    curve.correlation.push_back(reached * (1 - 1.3 * fallen) - 0.0009 * over + noise);
    if (curve.validationLoss.back() < best) {
      best = curve.validationLoss.back();
      curve.bestEpoch = epoch;
    }
    if (epoch - curve.bestEpoch >= sketch.patience) {
      curve.progress = GroupProgress::Stopped;
      curve.reason = "no better for " + std::to_string(sketch.patience) + " epochs";
      return curve;
    }
  }
  curve.progress = sketch.epochs == 0                 ? GroupProgress::Waiting
                   : sketch.status == RunStatus::Done ? GroupProgress::Finished
                                                      : GroupProgress::Training;
  return curve;
}

std::shared_ptr<const RunLayout> cut(const Study& study, const RunSketch& sketch) {
  auto layout = std::make_shared<RunLayout>();
  const Subject& subject = study.subjects.front();
  RunCohort cohort{.id = "a", .groups = {}};
  std::vector<uint32_t> columns;
  for (const HemisphereData& hemisphere : subject.hemispheres) {
    layout->hemispheres.push_back({subject.id, hemisphere.hemisphere, hemisphere.vertices.size()});
    for (const Roi& roi : hemisphere.rois) {
      if (!isWanted(sketch, roi)) continue;
      const std::string side = toString(hemisphere.hemisphere);
      cohort.groups.push_back({.id = subject.id + "-" + side + "-" + roi.name,
                               .label = subject.id + " " + side + " " + roi.name,
                               .roi = roi.name,
                               .roiClass = roi.roiClass,
                               .maxEpochs = sketch.maxEpochs,
                               .parts = {{subject.id, hemisphere.hemisphere, roi.columns.size(), columns.size()}}});
      columns.insert(columns.end(), roi.columns.begin(), roi.columns.end());
    }
  }
  layout->cohorts.push_back(std::move(cohort));
  layout->columns.push_back(std::move(columns));
  return layout;
}

void finish(RunSnapshot& run, const RunSketch& sketch) {
  double sum = 0;
  size_t count = 0;
  for (const GroupCurve& curve : run.curves[0]) {
    run.epoch = std::max(run.epoch, curve.epochs());
    if (curve.epochs() == 0) continue;
    sum += curve.bestCorrelation();
    ++count;
  }
  run.meanCorrelation = count > 0 ? sum / static_cast<double>(count) : std::nan("");
  run.cohort = run.epoch > 0 ? 0 : -1;
  const bool isDone = sketch.status == RunStatus::Done;
  run.fraction = isDone ? 1 : static_cast<double>(run.epoch) / sketch.maxEpochs;
  run.secondsPerEpoch = run.epoch > 0 ? 1.6 : 0;
  if (sketch.status == RunStatus::Running && run.epoch > 0)
    run.secondsLeft = (sketch.maxEpochs - run.epoch) * run.secondsPerEpoch;
}

}  // namespace

std::shared_ptr<RunSnapshot> sketchRun(const Study& study, const RunSketch& sketch) {
  auto run = std::make_shared<RunSnapshot>();
  run->id = sketch.id;
  run->path = "/nowhere/" + sketch.id;
  run->meta = {.name = sketch.name, .note = sketch.note};
  run->state.status = sketch.status;
  run->state.reason = sketch.reason;
  run->state.created = kNow;
  run->state.changed = kNow + 90;
  if (sketch.status != RunStatus::Queued) run->state.started = kNow + 5;
  if (sketch.status == RunStatus::Done) run->state.finished = kNow + 305;
  run->plan = std::make_shared<const Json>(
      Json{{"preset", sketch.preset}, {"focus", "roi"}, {"defaults", {{"architecture", "linear"}}}});
  if (sketch.status != RunStatus::Queued) {
    run->layout = cut(study, sketch);
    run->curves.resize(1);
    for (size_t i = 0; i < run->layout->cohorts[0].groups.size(); ++i) run->curves[0].push_back(learn(sketch, i));
    finish(*run, sketch);
  }
  if (sketch.status == RunStatus::Running) {
    run->isWorkerAlive = true;
    run->worker = "process 4711 on node12";
    run->stage = run->epoch > 0 ? "train" : "prepare";
    run->device = "CPU, 2 threads (no CUDA driver)";
    run->memoryBytes = 912'000'000;
  }
  return run;
}

float mapValue(const RunSnapshot& run, size_t group, size_t column, int epoch) {
  const double level = run.curves[0][group].correlation[static_cast<size_t>(epoch) - 1];
  return static_cast<float>(level + 0.15 * std::sin(static_cast<double>(column * 37 + group * 11)));
}

void writeMaps(RunSnapshot& run, const std::filesystem::path& folder) {
  run.path = folder;
  const RunFolder files(folder);
  std::filesystem::create_directories(files.epochs());
  const auto& groups = run.layout->cohorts[0].groups;
  for (int epoch = 1; epoch <= run.epoch; ++epoch) {
    std::vector<float> values;
    for (size_t g = 0; g < groups.size(); ++g)
      for (size_t column = 0; column < groups[g].columnCount(); ++column)
        values.push_back(epoch <= run.curves[0][g].epochs() ? mapValue(run, g, column, epoch) : std::nanf(""));
    writeNpy<float>(files.epochFile("a", epoch), std::span<const float>(values), {values.size()});
  }
}

void writeRun(const RunSnapshot& run, const RunFolder& folder) {
  folder.writeLayout(*run.layout);
  RunSnapshot copy = run;
  writeMaps(copy, folder.path());
  JournalWriter journal(folder.journalFile(), 0);
  for (int epoch = 1; epoch <= run.epoch; ++epoch) {
    Json record{{"kind", "epoch"}, {"cohort", "a"}, {"epoch", epoch}, {"seconds", 1}, {"memory", 1}};
    const auto at = static_cast<size_t>(epoch) - 1;
    for (const GroupCurve& curve : run.curves[0]) {
      const bool isOver = epoch > curve.epochs();
      record["trainLoss"].push_back(isOver ? Json(nullptr) : Json(curve.trainLoss[at]));
      record["validationLoss"].push_back(isOver ? Json(nullptr) : Json(curve.validationLoss[at]));
      record["learningRate"].push_back(isOver ? Json(nullptr) : Json(curve.learningRate[at]));
      record["correlation"].push_back(isOver ? Json(nullptr) : Json(curve.correlation[at]));
      record["state"].push_back(toString(curve.progress));
      record["bestEpoch"].push_back(curve.bestEpoch);
    }
    journal.append(record);
  }
}

std::shared_ptr<const Study> sketchStudy(size_t vertices) {
  TempDir folder;
  makeSmallStudy(folder.path(),
                 {.images = 4, .testImages = 0, .leftVertices = vertices, .rightVertices = vertices + 40});
  auto study = std::make_shared<Study>(openStudy(folder.path()));
  for (HemisphereData& hemisphere : study->subjects.front().hemispheres) {
    hemisphere.noiseCeiling.assign(hemisphere.vertices.size(), 0.3F);
    float share = 0.62F;
    for (const Roi& roi : hemisphere.rois) {
      share = share > 0.8F ? 0.6F : share + 0.041F;
      for (const uint32_t column : roi.columns) hemisphere.noiseCeiling[column] = share;
    }
  }
  return study;
}

}  // namespace corticast::testing
