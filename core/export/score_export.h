#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/runs/run_folder.h"

namespace corticast {

struct Study;

enum class ScoreFormat { Csv, JsonRows, Npy, Gifti };
/// Reads "csv", "json", "npy" or "gifti". Throws Error.
[[nodiscard]] ScoreFormat scoreFormatFrom(const std::string& text);

/// The validation correlation of one model's column: a line of the exported scores.
struct VertexScore {
  std::string group;  ///< target group's id
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  std::string roi;        ///< "" when the model is no single ROI's
  uint32_t column = 0;    ///< in the challenge space
  uint32_t vertex = 0;    ///< on fsaverage
  float correlation = 0;  ///< at the model's best epoch; NaN where undefined
};

/// Scores of a run at every model's best epoch so far; a vertex that several models predict stands once for each.
[[nodiscard]] std::vector<VertexScore> vertexScores(const RunFolder& run, const Study& study);

/// Writes scores: csv and json as one file, a row per vertex and model ("subject, hemisphere, group, roi, vertex,
/// column, correlation", empty or null where undefined); npy and gifti as one map per subject and hemisphere with a
/// value for each of fsaverage's 163,842 vertices (the best model's where several predict it, NaN elsewhere), into the
/// folder `out` as `<subject>-<lh|rh>-correlation.npy` (float32) or `.func.gii`. Returns the files written.
std::vector<std::filesystem::path> writeScores(const RunFolder& run, const Study& study, ScoreFormat format,
                                               const std::filesystem::path& out);

}  // namespace corticast
