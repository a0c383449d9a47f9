#include "core/export/results_table.h"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/export/internal/table_text.h"

namespace corticast {
namespace {

enum class Precision { Full, Printed };

/// One column of the table: its key in CSV and JSON, its heading for people, and its value of a row.
struct TableColumn {
  std::string key;
  std::string heading;
  bool isNumber;
  std::function<Json(const TableRow&)> value;
  int decimals = 0;
};

template <typename T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

const std::vector<TableColumn>& tableColumns() {
  static const std::vector<TableColumn> kColumns = {
      {"run", "Run", false, [](const TableRow& r) { return Json(r.run); }},
      {"experiment", "Experiment", false, [](const TableRow& r) { return Json(r.experiment); }},
      {"subject", "Subject", false, [](const TableRow& r) { return Json(r.subject); }},
      {"hemisphere", "Hemisphere", false, [](const TableRow& r) { return Json(r.hemisphere); }},
      {"focus", "Focus", false, [](const TableRow& r) { return Json(r.focus); }},
      {"roi", "ROI", false, [](const TableRow& r) { return Json(r.roi); }},
      {"config", "Config", false, [](const TableRow& r) { return Json(r.config); }},
      {"architecture", "Architecture", false, [](const TableRow& r) { return Json(r.architecture); }},
      {"t_loss", "T-loss", true, [](const TableRow& r) { return orNull(r.tLoss); }, 4},
      {"v_loss", "V-loss", true, [](const TableRow& r) { return orNull(r.vLoss); }, 4},
      {"corr_mean", "Corr (mean r)", true, [](const TableRow& r) { return orNull(r.corrMean); }, 3},
      {"corr_median", "Corr (median r)", true, [](const TableRow& r) { return orNull(r.corrMedian); }, 3},
      {"best_epoch", "Best epoch", true, [](const TableRow& r) { return orNull(r.bestEpoch); }},
      {"vertices", "Vertices", true,
       [](const TableRow& r) { return r.vertices > 0 ? Json(r.vertices) : Json(nullptr); }},
  };
  return kColumns;
}

std::string cellText(const TableColumn& column, const TableRow& row, Precision precision) {
  const Json value = column.value(row);
  if (value.is_null()) return precision == Precision::Full ? "" : "absent";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float())
    return precision == Precision::Full ? shortest(value.get<double>()) : fixed(value.get<double>(), column.decimals);
  return value.dump();
}

std::string quotedForCsv(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// One line per row, cells made by `cell` and set between `separator`.
std::string lines(const std::vector<TableRow>& rows, const std::string& before, const std::string& separator,
                  const std::string& after,
                  const std::function<std::string(const TableColumn&, const TableRow&)>& cell) {
  std::string text;
  for (const TableRow& row : rows) {
    std::vector<std::string> cells;
    for (const TableColumn& column : tableColumns()) cells.push_back(cell(column, row));
    text += before + join(cells, separator) + after + "\n";
  }
  return text;
}

std::string toCsv(const std::vector<TableRow>& rows) {
  std::vector<std::string> keys;
  for (const TableColumn& column : tableColumns()) keys.push_back(column.key);
  return join(keys, ",") + "\n" + lines(rows, "", ",", "", [](const TableColumn& column, const TableRow& row) {
           return quotedForCsv(cellText(column, row, Precision::Full));
         });
}

std::string toMarkdown(const std::vector<TableRow>& rows) {
  std::string heading = "|", rule = "|";
  for (const TableColumn& column : tableColumns()) {
    heading += " " + column.heading + " |";
    rule += column.isNumber ? " ---: |" : " --- |";
  }
  return heading + "\n" + rule + "\n" +
         lines(rows, "| ", " | ", " |", [](const TableColumn& column, const TableRow& row) {
           return escapedForMarkdown(cellText(column, row, Precision::Printed));
         });
}

std::string toLatex(const std::vector<TableRow>& rows) {
  std::string alignment;
  std::vector<std::string> headings;
  for (const TableColumn& column : tableColumns()) {
    alignment += column.isNumber ? 'r' : 'l';
    headings.push_back(column.heading);
  }
  return "% needs \\usepackage{booktabs}\n\\begin{tabular}{" + alignment + "}\n\\toprule\n" + join(headings, " & ") +
         " \\\\\n\\midrule\n" +
         lines(rows, "", " & ", " \\\\",
               [](const TableColumn& column, const TableRow& row) {
                 return escapedForLatex(cellText(column, row, Precision::Printed));
               }) +
         "\\bottomrule\n\\end{tabular}\n";
}

}  // namespace

TableFormat tableFormatFrom(const std::string& text) {
  static const std::map<std::string, TableFormat> kFormats = {{"csv", TableFormat::Csv},
                                                              {"markdown", TableFormat::Markdown},
                                                              {"latex", TableFormat::Latex},
                                                              {"json", TableFormat::JsonRows}};
  const auto found = kFormats.find(text);
  if (found == kFormats.end())
    throw Error({.what = "choose the table's format",
                 .where = text,
                 .why = "there is no such format",
                 .remedy = "use csv, markdown, latex or json"});
  return found->second;
}

Json tableToJson(const std::vector<TableRow>& rows) {
  Json table = Json::array();
  for (const TableRow& row : rows) {
    Json entry = Json::object();
    for (const TableColumn& column : tableColumns()) entry[column.key] = column.value(row);
    table.push_back(std::move(entry));
  }
  return table;
}

std::string formatTable(const std::vector<TableRow>& rows, TableFormat format) {
  switch (format) {
    case TableFormat::Csv:
      return toCsv(rows);
    case TableFormat::Markdown:
      return toMarkdown(rows);
    case TableFormat::Latex:
      return toLatex(rows);
    case TableFormat::JsonRows:
      return tableToJson(rows).dump(2) + "\n";
  }
  return {};
}

}  // namespace corticast
