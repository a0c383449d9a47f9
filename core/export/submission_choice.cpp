#include <algorithm>
#include <cmath>
#include <limits>

#include "core/data/study.h"
#include "core/export/internal/submission_parts.h"

namespace corticast {
namespace {

/// One model's prediction of one vertex.
struct Candidate {
  size_t source = 0;
  size_t column = 0;  ///< of the source
  float correlation = 0;
};

/// An undefined r (a constant prediction) loses against any other, yet is better than nobody.
float rankOf(const Candidate& candidate) {
  return std::isnan(candidate.correlation) ? -2.0F : candidate.correlation;
}

std::vector<std::vector<Candidate>> candidatesOf(const SubmissionPlan& plan, const SubmissionPart& part,
                                                 size_t columns) {
  std::vector<std::vector<Candidate>> all(columns);
  for (size_t s = 0; s < plan.sources.size(); ++s) {
    const SubmissionSource& source = plan.sources[s];
    if (source.subject != part.subject || source.hemisphere != part.hemisphere) continue;
    for (size_t i = 0; i < source.columns.size(); ++i) all[source.columns[i]].push_back({s, i, source.correlation[i]});
  }
  return all;
}

void assign(const SubmissionAssignment& each, const HemisphereData& hemisphere, const SubmissionPart& part,
            std::vector<std::string>& runOf) {
  if (!each.subject.empty() && each.subject != part.subject) return;
  if (!each.hemisphere.empty() && each.hemisphere != toString(part.hemisphere)) return;
  if (each.roi.empty()) {
    std::ranges::fill(runOf, each.run);
    return;
  }
  if (const Roi* roi = hemisphere.roi(each.roi))
    for (const uint32_t column : roi->columns) runOf[column] = each.run;
}

/// The candidates that count: those of the run that the vertex was given to, if it has any.
std::vector<Candidate> allowed(const SubmissionPlan& plan, const std::vector<Candidate>& all, const std::string& run) {
  std::vector<Candidate> own;
  if (!run.empty())
    for (const Candidate& each : all)
      if (plan.sources[each.source].run.id() == run) own.push_back(each);
  return own.empty() ? all : own;
}

/// Weight of each candidate; they add up to 1.
std::vector<double> weightsOf(const std::vector<Candidate>& candidates, SubmissionRule rule, size_t best) {
  std::vector<double> weights(candidates.size());
  double sum = 0;
  if (rule == SubmissionRule::Average)
    for (size_t i = 0; i < weights.size(); ++i)
      sum += weights[i] = std::max(0.0, static_cast<double>(rankOf(candidates[i])));
  if (sum > 0)
    for (double& weight : weights) weight /= sum;
  else
    weights[best] = 1;
  return weights;
}

}  // namespace

void chooseSources(const SubmissionPlan& plan, const HemisphereData& hemisphere, SubmissionPart& part) {
  const size_t columns = hemisphere.vertices.size();
  part.choice.assign(columns, -1);
  part.correlation.assign(columns, std::numeric_limits<float>::quiet_NaN());
  std::vector<std::string> runOf(columns);
  for (const SubmissionAssignment& each : plan.options.assignments) assign(each, hemisphere, part, runOf);
  std::map<size_t, SubmissionShare> shares;
  const auto all = candidatesOf(plan, part, columns);
  for (size_t column = 0; column < columns; ++column) {
    if (all[column].empty()) continue;
    const std::vector<Candidate> candidates = allowed(plan, all[column], runOf[column]);
    const auto best = static_cast<size_t>(std::ranges::max_element(candidates, {}, rankOf) - candidates.begin());
    part.choice[column] = static_cast<int32_t>(candidates[best].source);
    part.correlation[column] = candidates[best].correlation;
    const std::vector<double> weights = weightsOf(candidates, plan.options.rule, best);
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (weights[i] <= 0) continue;
      SubmissionShare& share = shares[candidates[i].source];
      share.source = candidates[i].source;
      share.weight.resize(plan.sources[share.source].columns.size());
      share.weight[candidates[i].column] = static_cast<float>(weights[i]);
    }
  }
  for (auto& [source, share] : shares) part.shares.push_back(std::move(share));
}

void summarisePart(const SubmissionPlan& plan, const HemisphereData& hemisphere, SubmissionPart& part) {
  part.columnsOfRun.clear();
  for (const int32_t source : part.choice)
    if (source >= 0) ++part.columnsOfRun[plan.sources[static_cast<size_t>(source)].run.id()];
  const Summary summary = summarise(part.correlation);
  part.meanCorrelation = summary.mean;
  part.medianCorrelation = summary.median;
  part.score.reset();
  if (!hemisphere.noiseCeiling.empty()) part.score = challengeScore(part.correlation, hemisphere.noiseCeiling);
}

}  // namespace corticast
