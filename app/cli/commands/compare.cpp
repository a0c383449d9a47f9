#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/find_run.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/comparison/comparison_report.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string first, second, workspace, dataset;
  ComparisonOptions comparison;
  PairOptions pair;
  std::string test = "williams", fdr = "bh", statistic = "mean", out;
  bool isJson = false;
};

std::string reportFor(const std::filesystem::path& out, const RunComparison& comparison, const PairComparison& pair,
                      const std::vector<PlanDifference>& differences) {
  const std::string kind = out.extension().string();
  if (kind == ".csv") return comparisonToCsv(comparison, pair);
  if (kind == ".json") return comparisonToJson(comparison, pair, differences).dump(2) + "\n";
  if (kind == ".txt") return comparisonToText(comparison, pair, differences);
  throw Error({.what = "write the comparison",
               .where = out.string(),
               .why = "\"" + kind + "\" is no kind of file that can be written",
               .remedy = "end the name in .csv, .json or .txt"});
}

int run(Options options, const Context& context) {
  options.comparison.test = vertexTestFrom(options.test);
  options.pair.fdr = fdrMethodFrom(options.fdr);
  options.pair.statistic = correlationStatisticFrom(options.statistic);
  const std::vector<RunFolder> runs{findRun(options.first, options.workspace),
                                    findRun(options.second, options.workspace)};
  std::vector<Plan> plans;
  for (const RunFolder& folder : runs) plans.push_back(planFromJson(folder.readPlan(), folder.planFile().string()));
  const Study study =
      openStudy(options.dataset.empty() ? plans.front().dataset : std::filesystem::path(options.dataset));
  ProgressReporter progress = context.progress();
  const RunComparison comparison = compareRuns(study, runs, options.comparison, progress);
  const PairComparison pair = comparePair(comparison, options.pair);
  const auto differences = planDifferences(plans);
  if (!options.out.empty()) writeFileAtomically(options.out, reportFor(options.out, comparison, pair, differences));
  if (options.isJson)
    printJson(comparisonToJson(comparison, pair, differences));
  else
    std::cout << comparisonToText(comparison, pair, differences) << std::flush;
  return kDone;
}

}  // namespace

void addCompare(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = addCommand(app, "compare", "Which of two runs predicts better, per ROI and per vertex",
                                 [options](const Context& context) { return run(*options, context); });
  command->add_option("RUN_A", options->first, "Run folder, or an id or name with --workspace")->required();
  command->add_option("RUN_B", options->second, "The run to compare it with")->required();
  command->add_option("--workspace", options->workspace, "Workspace folder, to find the runs in");
  command->add_option("--dataset", options->dataset, "Study folder, where it is not that of RUN_A's plan any more");
  command->add_option("--subject", options->comparison.subjects, "Only this subject; may be repeated");
  command->add_option("--roi", options->comparison.rois, "Only this ROI; may be repeated");
  command->add_option("--statistic", options->statistic, "mean or median r over an ROI's vertices")
      ->capture_default_str();
  command->add_option("--resamples", options->comparison.resamples, "Resamples of the pictures")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command->add_option("--seed", options->comparison.seed, "Seed of the resampling")->capture_default_str();
  command->add_option("--level", options->pair.level, "Level of the intervals")
      ->capture_default_str()
      ->check(CLI::Range(0.5, 0.9999));
  command->add_option("--test", options->test, "Test per vertex: williams or bootstrap")->capture_default_str();
  command->add_option("--fdr", options->fdr, "Control of false discoveries: bh or by")->capture_default_str();
  command->add_option("--alpha", options->pair.alpha, "Accepted share of false discoveries")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command->add_flag("--json", options->isJson, "Print one JSON document");
  command->add_option("--out", options->out, "Also write it to FILE.csv (a row per ROI), FILE.json or FILE.txt");
}

}  // namespace corticast::cli
