#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/runs/run_folder.h"

namespace corticast {

struct Study;

/// Which pictures a run is scored on. Test needs the test responses, which only organisers (and the demo study) have.
enum class ScoreSplit { Validation, Test };
/// Reads "validation" or "test". Throws Error.
[[nodiscard]] ScoreSplit scoreSplitFrom(const std::string& text);

/// How well one model predicts one vertex. NaN where a number is undefined or not known.
struct VertexScore {
  std::string group;  ///< target group's id
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  std::string roi;        ///< "" when the model is no single ROI's
  uint32_t column = 0;    ///< in the challenge space
  uint32_t vertex = 0;    ///< on fsaverage
  float correlation = 0;  ///< Pearson r at the model's best epoch; NaN: the prediction (or the response) is constant
  float r2 = 0;           ///< 1 - SSE / SST, as scores.h5; not known before the run is done
  float ceiling = 0;      ///< noise ceiling of the vertex, fraction of variance
  float challenge = 0;    ///< evaluation/summary.h, challengeScore: percent, 0..100
};

/// Scores of a run at every model's best epoch so far; a vertex that several models predict stands once for each.
/// Of a run over folds: of its out-of-fold predictions once it is done, of test pictures the folds' mean prediction.
/// Throws Error when the run has not been started; for Test, when it is not done or the study has no test responses.
[[nodiscard]] std::vector<VertexScore> vertexScores(const RunFolder& run, const Study& study,
                                                    ScoreSplit split = ScoreSplit::Validation);

/// What the vertices of one place have in common. A number that does not exist is absent, never 0.
struct PlaceScore {
  std::string level = {};       ///< "roi", "stream", "hemisphere", "subject", "all"
  std::string subject = {};     ///< "" of level all
  std::string hemisphere = {};  ///< "lh", "rh"; "" of levels subject and all
  std::string roiClass = {};    ///< of levels roi and stream
  std::string name = {};        ///< "OFA"; "" of other levels
  size_t vertices = 0;          ///< in the challenge space; 0: the subject lacks the ROI there
  size_t predicted = 0;         ///< of them, by the run; everything below is over these
  size_t constant = 0;          ///< of them, without a correlation
  std::optional<double> corrMean = {}, corrMedian = {}, r2Mean = {}, r2Median = {};
  /// Challenge score in percent, as the organisers' script and without vertices of ceiling 0; absent without ceiling.
  std::optional<double> challengeScript = {}, challengeNonzero = {}, challengeMedian = {};
};
/// Per ROI and stream (each subject and hemisphere; absent ones too, those that the run does not touch not),
/// hemisphere, subject, and all subjects together. Where several models predict a vertex, a ROI is scored by its own
/// model if it has one, everything else by the model with the greatest r.
[[nodiscard]] std::vector<PlaceScore> placeScores(const std::vector<VertexScore>& scores, const Study& study);

}  // namespace corticast
