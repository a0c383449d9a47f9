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

/// How the losses of a run's models become one number of the table.
enum class LossAverage {
  Vertices,  ///< each model counts by its vertices: the MSE over all of them, comparable with one model of all ROIs
  Models     ///< each model (each ROI) counts once
};
/// Reads "vertices" or "models". Throws Error.
[[nodiscard]] LossAverage lossAverageFrom(const std::string& text);

/// The paper's rows of a run: one per subject and hemisphere, left before right. Losses are each model's least over
/// epochs, averaged over the run's models; correlation is that of `roi` (by the ROI's own model where the run has one,
/// else by the model that spans it), absent when the run does not predict it, over all vertices for an empty `roi`. A
/// model of both hemispheres counts in both rows. Otherwise as runTable.
[[nodiscard]] std::vector<TableRow> runSummary(const RunFolder& run, const std::string& roi = "OFA",
                                               LossAverage average = LossAverage::Vertices);

/// The settings that differ from the described defaults, for the column Config: "learningRate 0.0003, patience 20".
/// Numbers as a person would write them; of an embedding's folder its name.
[[nodiscard]] std::string configText(const Json& settings);

}  // namespace corticast
