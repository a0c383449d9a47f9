#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/find_run.h"
#include "core/data/study.h"
#include "core/export/score_export.h"
#include "core/training/plan.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string run;
  std::string workspace;
  std::string format = "csv";
  std::string level = "vertex";
  std::string split = "validation";
  std::string out;
};

}  // namespace

void addScores(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = addCommand(
      app, "scores", "How well a run predicts, per vertex or per ROI, hemisphere, subject", [options](const Context&) {
        const RunFolder run = findRun(options->run, options->workspace);
        const Study study = openStudy(planFromJson(run.readPlan(), run.planFile().string()).dataset);
        const ScoreOptions chosen{.format = scoreFormatFrom(options->format),
                                  .level = scoreLevelFrom(options->level),
                                  .split = scoreSplitFrom(options->split)};
        for (const auto& file : writeScores(run, study, chosen, options->out)) std::cout << file.string() << std::endl;
        return kDone;
      });
  command->add_option("RUN", options->run, "Run folder, or an id or name with --workspace")->required();
  command->add_option("--workspace", options->workspace, "Workspace folder, to find RUN in");
  command->add_option("--format", options->format, "csv, json (one file), npy or gifti (a folder of maps)")
      ->capture_default_str();
  command->add_option("--by", options->level, "csv, json: vertex, or place (ROI, stream, hemisphere, subject)")
      ->capture_default_str();
  command->add_option("--split", options->split, "validation, or test where the study has the test responses")
      ->capture_default_str();
  command->add_option("--out", options->out, "File (csv, json) or folder (npy, gifti) to write")->required();
}

}  // namespace corticast::cli
