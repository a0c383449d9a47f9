#include "core/export/submission.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/export/internal/submission_parts.h"
#include "core/formats/hdf5_file.h"
#include "core/runs/run_results.h"

namespace corticast {
namespace {

void requireFit(const SubmissionSource& source, const Study& study) {
  const HemisphereData* hemisphere = study.subject(source.subject).hemisphere(source.hemisphere);
  const std::string where = source.run.path().string() + ", " + source.group;
  if (!hemisphere)
    throw cannotSubmit(where, "the study has no " + toString(source.hemisphere) + " of " + source.subject,
                       "use runs of this study");
  if (!source.columns.empty() && source.columns.back() >= hemisphere->vertices.size())
    throw cannotSubmit(where,
                       "it predicts column " + std::to_string(source.columns.back()) + ", the study has " +
                           std::to_string(hemisphere->vertices.size()) + " vertices there",
                       "use runs of this study");
}

/// The parts of one target as sources. `columns` are those of its cohort.
std::vector<SubmissionSource> sourcesOf(const RunFolder& run, const RunGroup& group,
                                        const std::vector<uint32_t>& columns, const std::vector<float>& correlation) {
  std::vector<SubmissionSource> sources;
  std::map<std::string, size_t> ofSubject;  // columns so far in the subject's predictions
  size_t first = 0;
  for (const RunPart& part : group.parts) {
    SubmissionSource source{.run = run,
                            .group = group.targetId(),
                            .subject = part.subject,
                            .hemisphere = part.hemisphere,
                            .test = predictionName("test", group, part.subject),
                            .validation = predictionName("validation", group, part.subject),
                            .firstColumn = ofSubject[part.subject],
                            .columns = {},
                            .correlation = {}};
    const auto begin = columns.begin() + static_cast<std::ptrdiff_t>(part.offset);
    source.columns.assign(begin, begin + static_cast<std::ptrdiff_t>(part.columnCount));
    const auto r = correlation.begin() + static_cast<std::ptrdiff_t>(first);
    source.correlation.assign(r, r + static_cast<std::ptrdiff_t>(part.columnCount));
    first += part.columnCount;
    ofSubject[part.subject] += part.columnCount;
    sources.push_back(std::move(source));
  }
  return sources;
}

void addSources(const RunFolder& run, const Study& study, std::vector<SubmissionSource>& sources) {
  if (run.readState().status != RunStatus::Done)
    throw cannotSubmit(run.path().string(), "the run is " + toString(run.readState().status) + ", not done",
                       "let it finish, or leave it out");
  const auto layout = run.readLayout();
  if (!layout) throw cannotSubmit(run.path().string(), "it has no groups.json", "train it again");
  const Hdf5File scores = Hdf5File::open(run.scoresFile());
  for (const auto& [cohort, index] : layout->targets()) {
    const RunGroup& group = layout->cohorts[cohort].groups[index];
    const std::string name = "/correlation/" + group.targetId();
    if (!scores.has(name)) continue;  // one that failed before its first epoch ended has nothing to predict with
    const auto correlation = scores.read<float>(name);
    if (correlation.size() != group.columnCount())
      throw cannotSubmit(run.scoresFile().string() + ", " + name,
                         "it has " + std::to_string(correlation.size()) + " values for " +
                             std::to_string(group.columnCount()) + " columns",
                         "train the run again");
    for (SubmissionSource& source : sourcesOf(run, group, layout->columns[cohort], correlation)) {
      requireFit(source, study);
      sources.push_back(std::move(source));
    }
  }
}

void requireSense(const SubmissionAssignment& each, const Study& study, const std::vector<std::string>& runs) {
  if (std::ranges::find(runs, each.run) == runs.end())
    throw cannotSubmit("run " + each.run, "it gets vertices but is not among the runs of the submission",
                       "name it with --run too");
  if (!each.subject.empty()) (void)study.subject(each.subject);
  if (each.roi.empty()) return;
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& hemisphere : subject.hemispheres)
      if (hemisphere.roi(each.roi)) return;
  throw cannotSubmit("ROI " + each.roi, "the study has none of this name", "names are exact; see `corticast-cli info`");
}

}  // namespace

Error cannotSubmit(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = "put a submission together", .where = where, .why = why, .remedy = remedy});
}

SubmissionRule submissionRuleFrom(const std::string& text) {
  if (text == "best") return SubmissionRule::Best;
  if (text == "average") return SubmissionRule::Average;
  throw cannotSubmit(text, "there is no such rule", "use best or average");
}

SubmissionAssignment submissionAssignment(const std::string& run, const std::string& scope) {
  SubmissionAssignment made{.run = run, .subject = {}, .hemisphere = {}, .roi = {}};
  for (const std::string& part : split(scope, '/')) {
    if (part.empty()) continue;
    std::string& field = part == "lh" || part == "rh" ? made.hemisphere
                         : part.starts_with("subj")   ? made.subject
                                                      : made.roi;
    if (!field.empty())
      throw cannotSubmit(scope, "\"" + field + "\" and \"" + part + "\" name the same kind", "name one");
    field = part;
  }
  return made;
}

size_t SubmissionPart::covered() const {
  return choice.size() - static_cast<size_t>(std::ranges::count(choice, -1));
}

std::optional<double> SubmissionPlan::score() const {
  double sum = 0;
  size_t vertices = 0;
  for (const SubmissionPart& part : parts) {
    if (!part.score || !part.score->officialScript) return {};
    sum += *part.score->officialScript * static_cast<double>(part.choice.size());
    vertices += part.choice.size();
  }
  if (vertices == 0) return {};
  return sum / static_cast<double>(vertices);
}

std::string submissionEntry(const std::string& subject, Hemisphere hemisphere) {
  return subject + "/" + toString(hemisphere) + "_pred_test.npy";
}

SubmissionPlan planSubmission(const Study& study, const std::vector<RunFolder>& runs,
                              const SubmissionOptions& options) {
  if (runs.empty()) throw cannotSubmit(study.root.string(), "no run was chosen", "name at least one finished run");
  SubmissionPlan plan{.options = options, .runs = {}, .sources = {}, .parts = {}};
  for (const RunFolder& run : runs) {
    addSources(run, study, plan.sources);
    plan.runs.push_back(run.id());
  }
  for (const SubmissionAssignment& each : options.assignments) requireSense(each, study, plan.runs);
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& hemisphere : subject.hemispheres) {
      SubmissionPart part{.subject = subject.id,
                          .hemisphere = hemisphere.hemisphere,
                          .testImages = subject.testImages.size(),
                          .choice = {},
                          .shares = {},
                          .correlation = {},
                          .columnsOfRun = {},
                          .meanCorrelation = {},
                          .medianCorrelation = {},
                          .score = {}};
      chooseSources(plan, hemisphere, part);
      summarisePart(plan, hemisphere, part);
      plan.parts.push_back(std::move(part));
    }
  return plan;
}

}  // namespace corticast
