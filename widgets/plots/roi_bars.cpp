#include "widgets/plots/roi_bars.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/base/text.h"
#include "core/runs/run_maps.h"
#include "widgets/plots/csv.h"

namespace corticast {
namespace {

size_t sideOf(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? 0 : 1;
}

/// The model that scores an ROI, and its history.
struct Scorer {
  const RunGroup* group = nullptr;
  const GroupCurve* curve = nullptr;
};

Scorer scorerOf(const RunSnapshot& run, const std::string& subject, Hemisphere hemisphere, const RoiBarGroup& roi) {
  Scorer spanning;
  for (size_t cohort = 0; cohort < run.layout->cohorts.size(); ++cohort)
    for (size_t i = 0; i < run.layout->cohorts[cohort].groups.size(); ++i) {
      const RunGroup& group = run.layout->cohorts[cohort].groups[i];
      const bool isThere = std::ranges::any_of(
          group.parts, [&](const RunPart& part) { return part.subject == subject && part.hemisphere == hemisphere; });
      if (!isThere || cohort >= run.curves.size() || i >= run.curves[cohort].size()) continue;
      const Scorer found{&group, &run.curves[cohort][i]};
      if (group.roi == roi.name && (group.roiClass.empty() || group.roiClass == roi.roiClass)) return found;
      if (group.roi.empty()) spanning = found;
    }
  return spanning;
}

const Roi* roiOf(const HemisphereData& hemisphere, const RoiBarGroup& which) {
  const auto found = std::ranges::find_if(
      hemisphere.rois, [&](const Roi& roi) { return roi.name == which.name && roi.roiClass == which.roiClass; });
  return found == hemisphere.rois.end() ? nullptr : &*found;
}

RoiScore scoreOf(const RunSnapshot& run, const RunMaps& maps, const std::string& subject, Hemisphere hemisphere,
                 const RoiBarGroup& group, const Roi& roi) {
  RoiScore score;
  const Scorer scorer = scorerOf(run, subject, hemisphere, group);
  score.isPredicted = scorer.group != nullptr;
  if (!scorer.group || scorer.curve->bestEpoch == 0) return score;
  score.bestEpoch = scorer.curve->bestEpoch;
  score.correlation = summarise(maps.bestCorrelation(subject, hemisphere, run, scorer.group->targetId()), roi.columns);
  return score;
}

std::vector<float> ceilingOf(const HemisphereData& hemisphere) {
  std::vector<float> ceiling;
  // The ceiling is a share of variance; no model can correlate better than its root.
  for (const float share : hemisphere.noiseCeiling) ceiling.push_back(std::sqrt(share));
  return ceiling;
}

std::string text(const std::optional<double>& value) {
  return value ? shortest(*value) : std::string();
}

}  // namespace

VertexSummary summarise(const std::vector<float>& values, const std::vector<uint32_t>& columns) {
  VertexSummary summary;
  std::vector<double> kept;
  for (const uint32_t column : columns)
    if (column < values.size() && !std::isnan(values[column])) kept.push_back(values[column]);
  summary.vertices = kept.size();
  summary.undefined = columns.size() - kept.size();
  if (kept.empty()) return summary;
  summary.mean = std::accumulate(kept.begin(), kept.end(), 0.0) / static_cast<double>(kept.size());
  std::ranges::sort(kept);
  const size_t middle = kept.size() / 2;
  summary.median = kept.size() % 2 == 1 ? kept[middle] : (kept[middle - 1] + kept[middle]) / 2;
  return summary;
}

RoiBarsQuestion roiBarsQuestion(const WorkbenchState& state, bool isAll) {
  RoiBarsQuestion question{.study = state.study(),
                           .subject = state.subject().toStdString(),
                           .hemispheres = {state.hemispheres().begin(), state.hemispheres().end()}};
  for (const QString& id : state.selectedRuns()) {
    const auto run = state.run(id);
    if (!run || !run->layout) continue;
    question.runs.push_back({.id = id,
                             .name = QString::fromStdString(run->meta.name.empty() ? run->id : run->meta.name),
                             .slot = state.runSlot(id)});
    question.snapshots.push_back(run);
  }
  const Subject* subject = state.subjectData();
  if (!subject) return question;
  const auto isChecked = [&](const Roi& roi) {
    return std::ranges::any_of(state.selectedRois(),
                               [&](const RoiKey& key) { return key.name == roi.name && key.roiClass == roi.roiClass; });
  };
  std::set<std::string> classes;
  std::set<std::string> present;
  for (const HemisphereData& hemisphere : subject->hemispheres)
    for (const Roi& roi : hemisphere.rois) {
      if (isChecked(roi)) classes.insert(roi.roiClass);
      if (!roi.isAbsent()) present.insert(roi.roiClass + "/" + roi.name);
    }
  for (const HemisphereData& hemisphere : subject->hemispheres)
    for (const Roi& roi : hemisphere.rois) {
      const bool isAbsent = !present.contains(roi.roiClass + "/" + roi.name);
      const bool isWanted = isAll || isChecked(roi) || (isAbsent && classes.contains(roi.roiClass));
      const std::pair key(roi.roiClass, roi.name);
      if (isWanted && std::ranges::find(question.rois, key) == question.rois.end()) question.rois.push_back(key);
    }
  // ROIs that only the right hemisphere has were appended; bring classes together.
  std::ranges::stable_sort(question.rois, {}, [&](const auto& key) {
    return std::ranges::find(kRoiClasses, key.first) - kRoiClasses.begin();
  });
  return question;
}

RoiBars measureRois(const RoiBarsQuestion& question) {
  RoiBars bars{.runs = question.runs, .hemispheres = question.hemispheres};
  if (!question.study) return bars;
  const Subject& subject = question.study->subject(question.subject);
  for (const auto& [roiClass, name] : question.rois) bars.rois.push_back({.roiClass = roiClass, .name = name});
  for (RoiBarGroup& group : bars.rois) group.runs.resize(question.runs.size());
  for (const Hemisphere h : question.hemispheres) {
    const HemisphereData* hemisphere = subject.hemisphere(h);
    if (!hemisphere) continue;
    const std::vector<float> ceiling = ceilingOf(*hemisphere);
    for (RoiBarGroup& group : bars.rois) {
      const Roi* roi = roiOf(*hemisphere, group);
      if (!roi) continue;
      group.vertexCount[sideOf(h)] = roi->columns.size();
      if (!ceiling.empty()) group.ceiling[sideOf(h)] = summarise(ceiling, roi->columns);
    }
  }
  for (size_t i = 0; i < question.snapshots.size(); ++i) {
    const RunSnapshot& run = *question.snapshots[i];
    try {
      const RunMaps maps(RunFolder(run.path), *run.layout);
      for (const Hemisphere h : question.hemispheres)
        for (RoiBarGroup& group : bars.rois) {
          const HemisphereData* hemisphere = subject.hemisphere(h);
          const Roi* roi = hemisphere ? roiOf(*hemisphere, group) : nullptr;
          if (roi && !roi->isAbsent()) group.runs[i][sideOf(h)] = scoreOf(run, maps, question.subject, h, group, *roi);
        }
    } catch (const std::exception& error) {
      bars.failure = QString::fromUtf8(error.what());
    }
  }
  return bars;
}

std::string roiBarsAsCsv(const RoiBars& bars) {
  std::string table =
      "run,name,class,roi,hemisphere,vertices,r_mean,r_median,ceiling_mean,ceiling_median,best_epoch\r\n";
  for (size_t run = 0; run < bars.runs.size(); ++run)
    for (const RoiBarGroup& roi : bars.rois)
      for (const Hemisphere h : bars.hemispheres) {
        const RoiScore& score = roi.runs[run][sideOf(h)];
        const VertexSummary& ceiling = roi.ceiling[sideOf(h)];
        table += csvRow({bars.runs[run].id.toStdString(), bars.runs[run].name.toStdString(), roi.roiClass, roi.name,
                         toString(h), std::to_string(roi.vertexCount[sideOf(h)]), text(score.correlation.mean),
                         text(score.correlation.median), text(ceiling.mean), text(ceiling.median),
                         score.bestEpoch > 0 ? std::to_string(score.bestEpoch) : std::string()});
      }
  return table;
}

}  // namespace corticast
