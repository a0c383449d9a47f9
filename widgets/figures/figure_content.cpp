#include "widgets/figures/figure_content.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/runs/run_maps.h"
#include "core/runs/run_snapshot.h"
#include "widgets/cortex/cortex_paint.h"

namespace corticast {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& why, const std::string& remedy) {
  throw Error({.what = "draw a figure", .where = where, .why = why, .remedy = remedy});
}

/// Per column of a hemisphere; empty when the run or the study has none.
std::vector<float> correlationOf(const Figure& figure, const RunSnapshot& run, const std::string& subject,
                                 Hemisphere hemisphere) {
  const RunMaps maps(RunFolder(run.path), *run.layout);
  if (figure.epoch == 0) return maps.bestCorrelation(subject, hemisphere, run);
  if (figure.epoch > maps.lastEpoch())
    fail(figure.run.string(), "it has " + std::to_string(maps.lastEpoch()) + " epochs",
         "choose one of these, or 0 for the best");
  return maps.correlation(subject, hemisphere, figure.epoch);
}

void readCorrelation(const Figure& figure, FigureContent& content) {
  const auto run = RunReader(RunFolder(figure.run)).read();
  if (!run->layout) fail(figure.run.string(), "its training has not begun", "wait for its first epoch");
  content.barTitle = "Validation correlation r";
  content.isSigned = true;
  bool isAny = false;
  for (const HemisphereData& hemisphere : content.subject->hemispheres) {
    const auto columns = correlationOf(figure, *run, content.subject->id, hemisphere.hemisphere);
    if (columns.empty()) continue;
    if (columns.size() != hemisphere.vertices.size())
      fail(figure.run.string(),
           "the run has " + std::to_string(columns.size()) + " vertices in " + content.subject->id + " " +
               toString(hemisphere.hemisphere) + ", the study " + std::to_string(hemisphere.vertices.size()),
           "name the study that the run was trained on");
    isAny = true;
    content.values[hemisphere.hemisphere == Hemisphere::Left ? 0 : 1] =
        onVertices(hemisphere, columns, content.surfaces->vertexCount());
  }
  if (!isAny) fail(figure.run.string(), "it predicts nothing of " + content.subject->id, "choose another subject");
}

void readCeiling(const Figure& figure, FigureContent& content) {
  content.barTitle = "Noise ceiling (highest r)";
  bool isAny = false;
  for (const HemisphereData& hemisphere : content.subject->hemispheres) {
    if (hemisphere.noiseCeiling.empty()) continue;
    isAny = true;
    std::vector<float> roots(hemisphere.noiseCeiling.size());
    std::ranges::transform(hemisphere.noiseCeiling, roots.begin(), [](float share) { return std::sqrt(share); });
    content.values[hemisphere.hemisphere == Hemisphere::Left ? 0 : 1] =
        onVertices(hemisphere, roots, content.surfaces->vertexCount());
  }
  if (!isAny) fail(figure.dataset.string(), "the study gives no noise ceiling", "choose another map");
}

void checkRois(const Figure& figure, const Subject& subject) {
  for (const RoiKey& key : figure.rois) {
    const HemisphereData* hemisphere = subject.hemisphere(key.hemisphere);
    const bool isThere = hemisphere && std::ranges::any_of(hemisphere->rois, [&](const Roi& roi) {
                           return roi.name == key.name && roi.roiClass == key.roiClass && !roi.isAbsent();
                         });
    if (!isThere)
      fail(figure.dataset.string(),
           subject.id + " has no ROI " + key.name + " of class " + key.roiClass + " in " + toString(key.hemisphere),
           "see `corticast-cli info` for those it has");
  }
}

MapColours coloursOf(const Figure& figure, const FigureContent& content) {
  std::vector<float> both = content.values[0];
  both.insert(both.end(), content.values[1].begin(), content.values[1].end());
  const ValueRange range = figure.range.value_or(robustRange(both, content.isSigned));
  return {.colourMap = !figure.colourMap.empty() ? figure.colourMap
                       : content.isSigned        ? "vik"
                                                 : "viridis",
          .low = range.low,
          .high = range.high,
          .threshold = figure.threshold};
}

}  // namespace

FigureContent readContent(const Figure& figure) {
  FigureContent content;
  content.study = std::make_shared<const Study>(openStudy(figure.dataset));
  content.subject = figure.subject.empty() ? &content.study->subjects.front() : &content.study->subject(figure.subject);
  content.surfaces = loadSurfaces(content.study.get());
  checkRois(figure, *content.subject);
  if (figure.map == MapKind::Correlation) readCorrelation(figure, content);
  if (figure.map == MapKind::Ceiling) readCeiling(figure, content);
  content.colours = coloursOf(figure, content);
  return content;
}

}  // namespace corticast
