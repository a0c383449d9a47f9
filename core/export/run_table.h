#pragma once
#include <string>
#include <vector>

#include "core/export/results_table.h"
#include "core/runs/run_folder.h"

namespace corticast {

/// The results table's rows of one run, left hemisphere before right.
///
/// `roi` empty: a row for every model, its correlation taken over all of its vertices. `roi` "OFA": a row for every
/// model that predicts OFA, its correlation over OFA's vertices (those of a larger model are found in the run's study).
/// Losses are the least over epochs; correlations are those of the best epoch on the validation images. A run that has
/// not been cut yet has no row; numbers that are not there yet are absent. Throws Error when the run folder is damaged.
[[nodiscard]] std::vector<TableRow> runTable(const RunFolder& run, const std::string& roi = {});

/// The settings that differ from the described defaults, for the column Config: "learningRate 0.0003, patience 20".
[[nodiscard]] std::string configText(const Json& settings);

}  // namespace corticast
