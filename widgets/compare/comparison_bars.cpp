#include "widgets/compare/comparison_bars.h"

#include <algorithm>

namespace corticast {
namespace {

size_t sideOf(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? 0 : 1;
}

bool isShown(const RoiComparison& roi, const std::set<RoiKey>& shown) {
  return shown.empty() || std::ranges::any_of(shown, [&](const RoiKey& key) {
           return key.name == roi.roi && key.roiClass == roi.roiClass;
         });
}

RoiScore scoreOf(const RoiComparison& roi, size_t run, double level) {
  RoiScore score;
  score.isPredicted = true;
  score.correlation.mean = roi.mean[run].value;
  score.correlation.median = roi.median[run].value;
  score.correlation.vertices = roi.columns.size();
  score.interval = {percentileInterval(roi.mean[run].resampled, level),
                    percentileInterval(roi.median[run].resampled, level)};
  return score;
}

}  // namespace

RoiBars barsOf(const Compared& compared, const std::set<RoiKey>& shown,
               const std::function<size_t(const QString&)>& slotOf) {
  RoiBars bars;
  for (const ComparedRun& run : compared.comparison->runs) {
    const QString id = QString::fromStdString(run.id);
    bars.runs.push_back({.id = id, .name = QString::fromStdString(run.name), .slot = slotOf(id)});
  }
  for (const HemisphereComparison& each : compared.comparison->hemispheres) bars.hemispheres.push_back(each.hemisphere);
  for (const RoiComparison& roi : compared.comparison->rois) {
    if (!isShown(roi, shown)) continue;
    auto group = std::ranges::find_if(
        bars.rois, [&](const RoiBarGroup& each) { return each.name == roi.roi && each.roiClass == roi.roiClass; });
    if (group == bars.rois.end()) {
      bars.rois.push_back({.roiClass = roi.roiClass, .name = roi.roi});
      group = bars.rois.end() - 1;
      group->runs.resize(bars.runs.size());
    }
    for (size_t run = 0; run < bars.runs.size(); ++run)
      group->runs[run][sideOf(roi.hemisphere)] = scoreOf(roi, run, compared.pair.options.level);
  }
  // An ROI that the subject has and not all runs predict is no absent one.
  const Subject& subject = compared.study->subject(compared.subject.toStdString());
  for (RoiBarGroup& group : bars.rois)
    for (const HemisphereData& hemisphere : subject.hemispheres)
      for (const Roi& roi : hemisphere.rois)
        if (roi.name == group.name && roi.roiClass == group.roiClass)
          group.vertexCount[sideOf(hemisphere.hemisphere)] = roi.columns.size();
  // ROIs that only the right hemisphere has came last; bring classes together.
  std::ranges::stable_sort(bars.rois, {}, [](const RoiBarGroup& each) {
    return std::ranges::find(kRoiClasses, each.roiClass) - kRoiClasses.begin();
  });
  return bars;
}

}  // namespace corticast
