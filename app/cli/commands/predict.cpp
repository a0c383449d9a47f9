#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/find_run.h"
#include "core/export/prediction_export.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string run;
  std::string workspace;
  std::string split = "test";
  std::string out;
};

}  // namespace

void addPredict(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = addCommand(app, "predict", "A finished run's predicted responses", [options](const Context&) {
    for (const auto& file : writePredictions(findRun(options->run, options->workspace), options->split, options->out))
      std::cout << file.string() << std::endl;
    return kDone;
  });
  command->add_option("RUN", options->run, "Run folder, or an id or name with --workspace")->required();
  command->add_option("--workspace", options->workspace, "Workspace folder, to find RUN in");
  command->add_option("--split", options->split, "Which pictures")
      ->check(CLI::IsMember({"test", "validation"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "Folder to write to")->required();
}

}  // namespace corticast::cli
