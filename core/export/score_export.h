#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/export/run_scores.h"
#include "core/runs/run_folder.h"

namespace corticast {

struct Study;

enum class ScoreFormat { Csv, JsonRows, Npy, Gifti };
/// Reads "csv", "json", "npy" or "gifti". Throws Error.
[[nodiscard]] ScoreFormat scoreFormatFrom(const std::string& text);

enum class ScoreLevel {
  Vertex,  ///< a row per vertex and model
  Place,   ///< a row per ROI, stream, hemisphere, subject
};
/// Reads "vertex" or "place". Throws Error.
[[nodiscard]] ScoreLevel scoreLevelFrom(const std::string& text);

struct ScoreOptions {
  ScoreFormat format = ScoreFormat::Csv;
  ScoreLevel level = ScoreLevel::Vertex;
  ScoreSplit split = ScoreSplit::Validation;
};

/// Writes scores (run_scores.h): csv and json as one file, empty or null where a number is undefined or not known;
/// per vertex "subject, hemisphere, group, roi, vertex, column, correlation, r2, ceiling, challenge, flag" with flag
/// "constant" where there is no correlation, per place "level, subject, hemisphere, roi_class, name, vertices,
/// predicted, constant, corr_mean, ..., flag" with flag "absent" where the subject lacks the ROI. npy and gifti: one
/// map of r per subject and hemisphere with a value for each of fsaverage's 163,842 vertices (the best model's where
/// several predict it, NaN elsewhere), into the folder `out` as `<subject>-<lh|rh>-correlation.npy` (float32) or
/// `.func.gii`. Returns the files written.
std::vector<std::filesystem::path> writeScores(const RunFolder& run, const Study& study, const ScoreOptions& options,
                                               const std::filesystem::path& out);

}  // namespace corticast
