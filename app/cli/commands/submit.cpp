#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/find_run.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/export/submission.h"
#include "core/training/plan.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string workspace;
  std::vector<std::string> runs;
  std::vector<std::string> assignments;
  std::string rule = "best";
  std::string out;
  std::string maps;
  std::string check;
  std::string dataset;
  bool asJson = false;
};

Study studyOf(const Options& options, const std::vector<RunFolder>& runs) {
  if (!options.dataset.empty()) return openStudy(options.dataset);
  if (runs.empty())
    throw Error({.what = "check a submission",
                 .where = options.check,
                 .why = "it is not said which study it is for",
                 .remedy = "add --dataset FOLDER, or --workspace and --run"});
  return openStudy(planFromJson(runs.front().readPlan(), runs.front().planFile().string()).dataset);
}

Json orNull(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json toJson(const SubmissionPlan& plan) {
  Json parts = Json::array();
  for (const SubmissionPart& part : plan.parts)
    parts.push_back(
        {{"subject", part.subject},
         {"hemisphere", toString(part.hemisphere)},
         {"test_images", part.testImages},
         {"vertices", part.choice.size()},
         {"covered", part.covered()},
         {"vertices_of_run", part.columnsOfRun},
         {"corr_mean", orNull(part.meanCorrelation)},
         {"corr_median", orNull(part.medianCorrelation)},
         {"measured_images", part.measuredImages},
         {"challenge_script", part.score ? orNull(part.score->officialScript) : Json(nullptr)},
         {"challenge_nonzero_ceiling", part.score ? orNull(part.score->withoutZeroCeiling) : Json(nullptr)}});
  return parts;
}

// "RUN=subj01/lh/OFA"
SubmissionAssignment assignmentFrom(const std::string& text, const std::string& workspace) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Error({.what = "give vertices to a run",
                 .where = text,
                 .why = "it is not of the form RUN=WHERE",
                 .remedy = "write --use RUN=OFA, --use RUN=lh or --use RUN=subj01/lh/OFA"});
  return submissionAssignment(findRun(text.substr(0, equals), workspace).id(), text.substr(equals + 1));
}

void print(const SubmissionPlan& plan) {
  for (const SubmissionPart& part : plan.parts)
    std::cout << part.subject << " " << toString(part.hemisphere) << ": " << thousands(part.covered()) << " of "
              << thousands(part.choice.size()) << " vertices predicted, validation r "
              << (part.meanCorrelation ? fixed(*part.meanCorrelation, 3) : "absent") << std::endl;
  if (const auto score = plan.score())
    std::cout << "estimated challenge score " << fixed(*score, 2) << " (validation pictures, known noise ceiling)"
              << std::endl;
}

std::string verdictText(SubmissionCheck::Verdict verdict) {
  switch (verdict) {
    case SubmissionCheck::Verdict::Good:
      return "good";
    case SubmissionCheck::Verdict::Warning:
      return "warning";
    case SubmissionCheck::Verdict::Bad:
      return "bad";
  }
  return {};
}

/// The check list; true when nothing in it is bad.
bool report(const std::vector<SubmissionCheck>& checks, bool asJson, Json& document) {
  for (const SubmissionCheck& check : checks) {
    if (!asJson) std::cout << verdictText(check.verdict) << "  " << check.what << ": " << check.detail << std::endl;
    document["checks"].push_back(
        {{"verdict", verdictText(check.verdict)}, {"what", check.what}, {"detail", check.detail}});
  }
  return std::ranges::none_of(checks, [](const auto& c) { return c.verdict == SubmissionCheck::Verdict::Bad; });
}

void makeSubmission(const Options& options, const Study& study, const std::vector<RunFolder>& runs,
                    const Context& context, Json& document) {
  SubmissionOptions chosen{.rule = submissionRuleFrom(options.rule)};
  for (const std::string& text : options.assignments)
    chosen.assignments.push_back(assignmentFrom(text, options.workspace));
  SubmissionPlan plan = planSubmission(study, runs, chosen);
  ProgressReporter progress = context.progress();
  measureAverages(plan, study, progress);
  if (!options.out.empty()) {
    writeSubmission(options.out, plan, study, progress);
    document["out"] = options.out;
  }
  if (!options.maps.empty()) {
    document["maps"] = Json::array();
    for (const auto& file : writeSubmissionMaps(options.maps, plan, study)) document["maps"].push_back(file.string());
  }
  document["parts"] = toJson(plan);
  document["challenge_score"] = orNull(plan.score());
  if (!options.asJson) print(plan);
}

int run(const Options& options, const Context& context) {
  std::vector<RunFolder> runs;
  for (const std::string& name : options.runs) runs.push_back(findRun(name, options.workspace));
  const Study study = studyOf(options, runs);
  Json document = Json::object();
  if (!options.out.empty() || !options.maps.empty()) makeSubmission(options, study, runs, context, document);
  const bool isGood = options.check.empty() || report(checkSubmission(options.check, study), options.asJson, document);
  if (!options.check.empty()) {
    document["good"] = isGood;
    if (!options.asJson) std::cout << (isGood ? "good: it can be handed in" : "bad: see above") << std::endl;
  }
  if (options.asJson) printJson(document);
  return isGood ? kDone : kFailed;
}

}  // namespace

void addSubmit(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = addCommand(app, "submit", "Put a challenge submission together from runs, or check one",
                                 [options](const Context& context) { return run(*options, context); });
  command->add_option("--workspace", options->workspace, "Workspace folder, to find runs in");
  command->add_option("--run", options->runs, "A finished run: folder, id or name; repeat for more");
  command
      ->add_option("--rule", options->rule,
                   "Where several models predict a vertex: best (by validation r) or average (weighted by it)")
      ->capture_default_str();
  command
      ->add_option("--use", options->assignments,
                   "RUN=WHERE: take these vertices from this run, where it predicts them; WHERE is an ROI (OFA), a "
                   "hemisphere, a subject, or several joined by / (subj01/lh/OFA); may be repeated, a later one wins")
      ->allow_extra_args(false)
      ->needs("--run");
  command->add_option("--maps", options->maps, "Folder for maps on fsaverage: who predicts each vertex, and how well")
      ->needs("--run");
  command->add_option("--out", options->out, "Zip file to write")->needs("--run");
  command->add_option("--check", options->check, "Zip file to check (may be the one just written)");
  command->add_option("--dataset", options->dataset, "Study the submission is for (default: that of the first run)");
  command->add_flag("--json", options->asJson, "Print one JSON document");
}

}  // namespace corticast::cli
