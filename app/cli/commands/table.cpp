#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "core/base/log.h"
#include "core/export/run_table.h"
#include "core/runs/workspace.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string workspace;
  std::vector<std::string> runs;
  std::string format = "markdown";
  std::string roi;
};

int run(const Options& options) {
  const TableFormat format = tableFormatFrom(options.format);
  const Workspace workspace = Workspace::open(options.workspace);
  std::vector<RunFolder> runs;
  for (const std::string& name : options.runs) runs.push_back(workspace.find(name));
  if (options.runs.empty()) runs = workspace.runs();
  std::vector<TableRow> rows;
  for (const RunFolder& folder : runs) {
    const auto more = runTable(folder, options.roi);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  if (rows.empty()) log::warning("no run has results" + (options.roi.empty() ? "" : " for " + options.roi));
  std::cout << formatTable(rows, format) << std::flush;
  return kDone;
}

}  // namespace

void addTable(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = addCommand(app, "table", "The results table: losses and correlation of every model",
                                 [options](const Context&) { return run(*options); });
  command->add_option("--workspace", options->workspace, "Workspace folder")->required();
  command->add_option("--run", options->runs, "Only these runs (id, beginning of an id, or name); may be repeated");
  command->add_option("--format", options->format, "csv, markdown, latex or json")->capture_default_str();
  command->add_option("--roi", options->roi, "Correlation in this ROI, also of models that predict more than it");
}

}  // namespace corticast::cli
