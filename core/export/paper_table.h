#pragma once
#include <string>
#include <vector>

#include "core/export/results_table.h"

/// The results table as Chimisso et al. (Algonauts 2023) print it: Experiment, Focus, Config, Architecture, T-loss,
/// V-loss, Corr, with the left hemisphere above the right.
namespace corticast {

/// The five rows of the paper (ten with both hemispheres), as `runSummary` gives those of a run. `run` is
/// kPublishedRun, vertices and medians are absent; config and architecture are the paper's words.
[[nodiscard]] const std::vector<TableRow>& publishedRows();
inline constexpr const char* kPublishedRun = "chimisso-2023";

struct PaperTableOptions {
  std::string roi = "OFA";    ///< of Corr, for the note below the table
  bool isMedian = false;      ///< Corr is the median over vertices, not the mean
  std::string lossNote = {};  ///< how losses were averaged: "weighted by vertices"
};

/// Rows of runSummary() and publishedRows() as Markdown or LaTeX (booktabs); four decimals, no zero before the point,
/// "absent" for a missing number. The two hemispheres of a run and subject follow each other and share their first
/// cells; a column Subject appears when there are several. Throws Error for another format.
[[nodiscard]] std::string formatPaperTable(const std::vector<TableRow>& rows, TableFormat format,
                                           const PaperTableOptions& options);

/// ".3821": four decimals without the zero before the point, as the paper prints; "absent" for none.
[[nodiscard]] std::string printedNumber(const std::optional<double>& value);
/// Focus and architecture in the words of the forms; text that is no known id stays as it is.
[[nodiscard]] std::string focusText(const std::string& id);
[[nodiscard]] std::string architectureText(const std::string& id);

}  // namespace corticast
