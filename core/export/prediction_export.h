#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/runs/run_folder.h"

namespace corticast {

/// Writes a finished run's predictions for the "test" or "validation" pictures into the folder `out`: per model
/// `<group>.npy`, float32 [images x vertices], its columns' challenge-space indices as `<group>.columns.npy` (uint32,
/// lh before rh for a model of both), and per subject the pictures' names in row order as `<subject>.images.txt`. A
/// model of several subjects gives files of each, `<group>.<subject>.npy` and so on; a run over folds predicts every
/// training picture with the fold that did not train on it. Copies a few rows at a time. Returns the files written.
/// Throws Error when the run has no predictions yet or `split` is another word.
std::vector<std::filesystem::path> writePredictions(const RunFolder& run, const std::string& split,
                                                    const std::filesystem::path& out);

}  // namespace corticast
