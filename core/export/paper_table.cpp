#include "core/export/paper_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/export/internal/table_text.h"
#include "core/models/architecture.h"
#include "core/training/plan.h"
#include "embedded/chimisso_2023.h"

namespace corticast {
namespace {

/// What a run's two lines share.
struct Experiment {
  std::string run, subject;
  const TableRow* left = nullptr;
  const TableRow* right = nullptr;

  [[nodiscard]] const TableRow& any() const { return left ? *left : *right; }
};

std::vector<Experiment> experimentsOf(const std::vector<TableRow>& rows) {
  std::vector<Experiment> experiments;
  for (const TableRow& row : rows) {
    const bool isLeft = row.hemisphere == "lh";
    const bool isPublished = row.run == kPublishedRun;
    // Published rows share one id, so a new left row begins another experiment.
    auto found = std::ranges::find_if(experiments, [&](const Experiment& each) {
      const TableRow& other = each.any();
      return each.run == row.run && each.subject == row.subject &&
             (!isPublished || (other.experiment == row.experiment && other.focus == row.focus));
    });
    if (found == experiments.end()) found = experiments.insert(found, {row.run, row.subject});
    (isLeft ? found->left : found->right) = &row;
  }
  return experiments;
}

class PaperTable {
 public:
  PaperTable(const std::vector<TableRow>& rows, const PaperTableOptions& options)
      : m_experiments(experimentsOf(rows)), m_options(options) {
    std::set<std::string> subjects;
    for (const TableRow& row : rows) subjects.insert(row.subject);
    m_hasSubjects = subjects.size() > 1;
  }

  [[nodiscard]] const std::vector<Experiment>& experiments() const { return m_experiments; }

  [[nodiscard]] std::vector<std::string> headings() const {
    std::vector<std::string> names = {"Experiment", "Focus", "Config", "Architecture", "T-loss", "V-loss", "Corr"};
    if (m_hasSubjects) names.insert(names.begin() + 1, "Subject");
    return names;
  }

  /// Cells of the one or two lines of an experiment.
  [[nodiscard]] std::vector<std::vector<std::string>> lines(const Experiment& experiment) const {
    std::vector<std::vector<std::string>> lines;
    for (const TableRow* row : {experiment.left, experiment.right}) {
      if (!row) continue;
      std::vector<std::string> cells(numbersFrom());
      if (lines.empty()) cells = names(experiment);
      for (const auto& value : {row->tLoss, row->vLoss, m_options.isMedian ? row->corrMedian : row->corrMean})
        cells.push_back(printedNumber(value));
      lines.push_back(std::move(cells));
    }
    return lines;
  }

  [[nodiscard]] size_t numbersFrom() const { return m_hasSubjects ? 5 : 4; }

  [[nodiscard]] std::string note() const {
    return "Left hemisphere above right. T-loss and V-loss: least over epochs" +
           (m_options.lossNote.empty() ? std::string() : ", averaged over models " + m_options.lossNote) +
           ". Corr: " + (m_options.isMedian ? "median" : "mean") + " Pearson r over the vertices" +
           (m_options.roi.empty() ? std::string() : " of " + m_options.roi) + ", validation pictures.";
  }

 private:
  [[nodiscard]] std::vector<std::string> names(const Experiment& experiment) const {
    const TableRow& row = experiment.any();
    const std::string source = row.run == kPublishedRun ? " (paper)" : "";
    // One line alone would be read as the left hemisphere.
    const std::string side = !experiment.left ? ", right only" : !experiment.right ? ", left only" : "";
    std::vector<std::string> cells = {row.experiment + source, focusText(row.focus) + side, row.config,
                                      architectureText(row.architecture)};
    if (m_hasSubjects) cells.insert(cells.begin() + 1, row.subject);
    return cells;
  }

  std::vector<Experiment> m_experiments;
  PaperTableOptions m_options;
  bool m_hasSubjects = false;
};

std::string toMarkdown(const PaperTable& table) {
  const auto headings = table.headings();
  std::string text = "| " + join(headings, " | ") + " |\n|";
  for (size_t i = 0; i < headings.size(); ++i) text += i < table.numbersFrom() ? " --- |" : " ---: |";
  text += "\n";
  for (const Experiment& experiment : table.experiments())
    for (auto& line : table.lines(experiment)) {
      for (std::string& cell : line) cell = escapedForMarkdown(cell);
      text += "| " + join(line, " | ") + " |\n";
    }
  return text + "\n" + table.note() + "\n";
}

std::string toLatex(const PaperTable& table) {
  const auto headings = table.headings();
  std::string text = "% needs \\usepackage{booktabs}\n% " + table.note() + "\n\\begin{tabular}{" +
                     std::string(table.numbersFrom(), 'l') + std::string(3, 'r') + "}\n\\toprule\n" +
                     join(headings, " & ") + " \\\\\n";
  for (const Experiment& experiment : table.experiments()) {
    text += "\\midrule\n";
    for (auto& line : table.lines(experiment)) {
      for (std::string& cell : line) cell = escapedForLatex(cell);
      text += join(line, " & ") + " \\\\\n";
    }
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

}  // namespace

const std::vector<TableRow>& publishedRows() {
  static const std::vector<TableRow> kRows = [] {
    std::vector<TableRow> rows;
    const Json table = Json::parse(embedded::chimisso_2023);
    for (const Json& row : table.at("rows"))
      for (const char* side : {"lh", "rh"})
        rows.push_back({.run = kPublishedRun,
                        .experiment = row.at("experiment"),
                        .subject = table.at("subject"),
                        .hemisphere = side,
                        .focus = row.at("focus"),
                        .roi = table.at("roi"),
                        .config = row.at("config"),
                        .architecture = row.at("architecture"),
                        .tLoss = row.at(side).at("t_loss").get<double>(),
                        .vLoss = row.at(side).at("v_loss").get<double>(),
                        .corrMean = row.at(side).at("corr_mean").get<double>(),
                        .corrMedian = {},
                        .bestEpoch = {},
                        .vertices = 0});
    return rows;
  }();
  return kRows;
}

std::string printedNumber(const std::optional<double>& value) {
  if (!value) return "absent";
  std::string text = fixed(*value, 4);
  if (const size_t zero = text.find("0."); zero == 0 || (zero == 1 && text[0] == '-')) text.erase(zero, 1);
  return text;
}

std::string focusText(const std::string& id) {
  const auto focus = std::ranges::find(focuses(), id, &Focus::id);
  return focus == focuses().end() ? id : focus->label;
}

std::string architectureText(const std::string& id) {
  const auto found = std::ranges::find(architectures(), id, &Architecture::id);
  return found == architectures().end() ? id : found->label;
}

std::string formatPaperTable(const std::vector<TableRow>& rows, TableFormat format, const PaperTableOptions& options) {
  const PaperTable table(rows, options);
  if (format == TableFormat::Markdown) return toMarkdown(table);
  if (format == TableFormat::Latex) return toLatex(table);
  throw Error({.what = "print the table as the paper does",
               .where = format == TableFormat::Csv ? "csv" : "json",
               .why = "it is made for reading",
               .remedy = "choose markdown or latex"});
}

}  // namespace corticast
