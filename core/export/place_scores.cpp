#include <algorithm>
#include <cmath>
#include <map>

#include "core/data/study.h"
#include "core/evaluation/summary.h"
#include "core/export/run_scores.h"

namespace corticast {
namespace {

using Chosen = std::vector<const VertexScore*>;
using Side = std::pair<std::string, Hemisphere>;

float rankOf(const VertexScore* score) {
  return std::isnan(score->correlation) ? -2.0F : score->correlation;
}

/// The models of one hemisphere by what they predict.
struct SideScores {
  std::map<uint32_t, const VertexScore*> best;                          ///< by column
  std::map<std::string, std::map<uint32_t, const VertexScore*>> ofRoi;  ///< by a single ROI's own models

  void add(const VertexScore& score) {
    const auto keepBest = [&](std::map<uint32_t, const VertexScore*>& all) {
      const auto [entry, isNew] = all.try_emplace(score.column, &score);
      if (!isNew && rankOf(&score) > rankOf(entry->second)) entry->second = &score;
    };
    keepBest(best);
    if (!score.roi.empty()) keepBest(ofRoi[score.roi]);
  }

  [[nodiscard]] Chosen in(const Roi& roi) const {
    const auto own = ofRoi.find(roi.name);
    Chosen chosen;
    for (const uint32_t column : roi.columns) {
      const VertexScore* score = nullptr;
      if (own != ofRoi.end())
        if (const auto found = own->second.find(column); found != own->second.end()) score = found->second;
      if (const auto found = best.find(column); !score && found != best.end()) score = found->second;
      if (score) chosen.push_back(score);
    }
    return chosen;
  }

  [[nodiscard]] Chosen all() const {
    Chosen chosen;
    for (const auto& [column, score] : best) chosen.push_back(score);
    return chosen;
  }
};

void fill(PlaceScore& place, const Chosen& chosen) {
  std::vector<float> correlation, r2, ceiling, challenge;
  bool hasCeiling = true;
  for (const VertexScore* score : chosen) {
    correlation.push_back(score->correlation);
    r2.push_back(score->r2);
    ceiling.push_back(score->ceiling);
    hasCeiling = hasCeiling && !std::isnan(score->ceiling);
  }
  const Summary r = summarise(correlation), determination = summarise(r2);
  place.predicted = chosen.size();
  place.constant = r.undefined;
  place.corrMean = r.mean;
  place.corrMedian = r.median;
  place.r2Mean = determination.mean;
  place.r2Median = determination.median;
  if (chosen.empty() || !hasCeiling) return;
  const ChallengeScore score = challengeScore(correlation, ceiling);
  place.challengeScript = score.officialScript;
  place.challengeNonzero = score.withoutZeroCeiling;
  place.challengeMedian = summarise(score.perVertex).median;
}

void addRois(std::vector<PlaceScore>& places, const Subject& subject, const HemisphereData& data,
             const SideScores& scores) {
  for (const Roi& roi : data.rois) {
    PlaceScore place{.level = roi.roiClass == "streams" ? "stream" : "roi",
                     .subject = subject.id,
                     .hemisphere = toString(data.hemisphere),
                     .roiClass = roi.roiClass,
                     .name = roi.name,
                     .vertices = roi.columns.size()};
    fill(place, scores.in(roi));
    if (roi.isAbsent() || place.predicted > 0) places.push_back(std::move(place));
  }
}

}  // namespace

std::vector<PlaceScore> placeScores(const std::vector<VertexScore>& scores, const Study& study) {
  std::map<Side, SideScores> sides;
  for (const VertexScore& score : scores) sides[{score.subject, score.hemisphere}].add(score);
  std::vector<PlaceScore> rois, hemispheres, subjects;
  PlaceScore all{.level = "all"};
  Chosen everything;
  for (const Subject& subject : study.subjects) {
    PlaceScore whole{.level = "subject", .subject = subject.id};
    Chosen ofSubject;
    for (const HemisphereData& data : subject.hemispheres) {
      const auto found = sides.find({subject.id, data.hemisphere});
      if (found == sides.end()) continue;
      addRois(rois, subject, data, found->second);
      PlaceScore place{.level = "hemisphere",
                       .subject = subject.id,
                       .hemisphere = toString(data.hemisphere),
                       .vertices = data.vertices.size()};
      const Chosen chosen = found->second.all();
      fill(place, chosen);
      ofSubject.insert(ofSubject.end(), chosen.begin(), chosen.end());
      whole.vertices += place.vertices;
      hemispheres.push_back(std::move(place));
    }
    if (ofSubject.empty()) continue;
    fill(whole, ofSubject);
    everything.insert(everything.end(), ofSubject.begin(), ofSubject.end());
    all.vertices += whole.vertices;
    subjects.push_back(std::move(whole));
  }
  std::vector<PlaceScore> places = std::move(rois);
  std::ranges::move(hemispheres, std::back_inserter(places));
  std::ranges::move(subjects, std::back_inserter(places));
  if (!everything.empty()) {
    fill(all, everything);
    places.push_back(std::move(all));
  }
  return places;
}

}  // namespace corticast
