#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "core/base/log.h"
#include "core/export/paper_table.h"
#include "core/export/run_table.h"
#include "core/runs/workspace.h"

namespace corticast::cli {
namespace {

struct Options {
  std::string workspace;
  std::vector<std::string> runs;
  std::string format = "markdown";
  std::string roi;
  std::string rows;
  std::string average = "vertices";
  std::string statistic = "mean";
  bool hasPaper = false;
};

/// A printed table has a row per run and hemisphere as the paper does; programs get every model.
bool isSummary(const Options& options, TableFormat format) {
  if (options.rows.empty()) return format == TableFormat::Markdown || format == TableFormat::Latex;
  return options.rows == "runs";
}

std::vector<RunFolder> chosenRuns(const Options& options) {
  const Workspace workspace = Workspace::open(options.workspace);
  if (options.runs.empty()) return workspace.runs();
  std::vector<RunFolder> runs;
  for (const std::string& name : options.runs) runs.push_back(workspace.find(name));
  return runs;
}

int run(const Options& options) {
  const TableFormat format = tableFormatFrom(options.format);
  const LossAverage average = lossAverageFrom(options.average);
  const bool isPrinted =
      isSummary(options, format) && (format == TableFormat::Markdown || format == TableFormat::Latex);
  const std::string roi = options.roi.empty() && isSummary(options, format) ? "OFA" : options.roi;
  std::vector<TableRow> rows;
  for (const RunFolder& folder : chosenRuns(options)) {
    const auto more = isSummary(options, format) ? runSummary(folder, roi, average) : runTable(folder, roi);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  if (rows.empty()) log::warning("no run has results" + (options.roi.empty() ? "" : " for " + options.roi));
  if (options.hasPaper) rows.insert(rows.end(), publishedRows().begin(), publishedRows().end());
  const PaperTableOptions paper{.roi = roi,
                                .isMedian = options.statistic == "median",
                                .lossNote = average == LossAverage::Vertices ? "weighted by vertices" : "each alike"};
  std::cout << (isPrinted ? formatPaperTable(rows, format, paper) : formatTable(rows, format)) << std::flush;
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
  command->add_option("--roi", options->roi,
                      "Correlation in this ROI, also of models that predict more than it; OFA where rows are runs");
  command
      ->add_option("--rows", options->rows,
                   "runs: one row per run and hemisphere, as the paper prints it (default of markdown and latex); "
                   "models: one row per model (default of csv and json)")
      ->check(CLI::IsMember({"runs", "models"}));
  command
      ->add_option("--average", options->average,
                   "How the losses of a run's models are averaged where rows are runs: by vertices, or each of the "
                   "models alike")
      ->capture_default_str();
  command->add_option("--statistic", options->statistic, "Corr of the printed table: mean or median over vertices")
      ->capture_default_str()
      ->check(CLI::IsMember({"mean", "median"}));
  command->add_flag("--paper", options->hasPaper, "Add the rows of Chimisso et al. 2023 (real NSD responses)");
}

}  // namespace corticast::cli
