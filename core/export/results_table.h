#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace corticast {

/// One line of the results table: a run's models of one hemisphere of one subject, with the losses of the paper's
/// columns. A number that does not exist yet, or cannot, is absent, never 0.
struct TableRow {
  std::string run;         ///< run id
  std::string experiment;  ///< the run's name, e.g. "CLIP-Linear"
  std::string subject;
  std::string hemisphere;  ///< "lh" or "rh"
  std::string focus;       ///< "hemisphere", "all-rois", "roi"
  std::string roi;         ///< whose vertices `corr*` are taken over; "" for all of the model's
  std::string config;      ///< what was set by hand, e.g. "learningRate 0.0003"
  std::string architecture;
  std::optional<double> tLoss;       ///< least training loss over epochs (mean of minibatch losses as they pass)
  std::optional<double> vLoss;       ///< least validation MSE over epochs
  std::optional<double> corrMean;    ///< mean Pearson r over vertices on the validation split
  std::optional<double> corrMedian;  ///< median of the same
  std::optional<int> bestEpoch;
  size_t vertices = 0;  ///< 0: not known (published rows)
};

enum class TableFormat { Csv, Markdown, Latex, JsonRows };
/// Reads "csv", "markdown", "latex" or "json". Throws Error.
[[nodiscard]] TableFormat tableFormatFrom(const std::string& text);

/// The rows as text. CSV follows RFC 4180 with `.` decimals and full precision; Markdown and LaTeX print four decimals,
/// r in three, and "absent" for a missing number; LaTeX uses booktabs and escapes special characters.
[[nodiscard]] std::string formatTable(const std::vector<TableRow>& rows, TableFormat format);

/// The documented rows of `table --format json`: absent numbers are null.
[[nodiscard]] Json tableToJson(const std::vector<TableRow>& rows);

}  // namespace corticast
