#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/progress.h"
#include "core/data/study.h"
#include "core/evaluation/bootstrap.h"
#include "core/evaluation/summary.h"
#include "core/runs/run_folder.h"

namespace corticast {

/// How two runs are told apart at one vertex.
enum class VertexTest {
  Williams,  ///< dependent_correlations.h; assumes roughly normal responses
  Bootstrap  ///< over pictures; p is never below 2 / (resamples + 1), so few vertices survive the correction
};
/// Reads "williams" or "bootstrap". Throws Error.
[[nodiscard]] VertexTest vertexTestFrom(const std::string& text);

struct ComparisonOptions {
  std::vector<std::string> subjects = {};  ///< empty: all that every run predicts
  std::vector<std::string> rois = {};      ///< empty: all of the study
  size_t resamples = 1000;
  uint64_t seed = 1;  ///< of the resampling
  VertexTest test = VertexTest::Williams;
};

struct ComparedRun {
  std::string id;
  std::string name;
};

/// A number of one run over an ROI's vertices, with what it was in each resample (the same pictures for all runs).
struct ResampledValue {
  std::optional<double> value = {};
  std::vector<double> resampled = {};
};

/// One ROI of one hemisphere, over the vertices that every run predicts.
struct RoiComparison {
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  std::string roiClass = {};
  std::string roi = {};
  std::vector<uint32_t> columns = {};       ///< that were compared, of the hemisphere; never empty
  std::vector<ResampledValue> mean = {};    ///< mean r, per run
  std::vector<ResampledValue> median = {};  ///< median r, per run
};

/// One hemisphere, over the vertices that every run predicts.
struct HemisphereComparison {
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  size_t hemisphereColumns = 0;             ///< all that the study has there
  size_t images = 0;                        ///< validation pictures that all runs have in common
  std::vector<size_t> imagesOfRun = {};     ///< validation pictures of each run
  std::vector<uint32_t> columns = {};       ///< ascending
  std::vector<std::vector<float>> r = {};   ///< [run][column], on the common pictures
  std::vector<std::vector<double>> p = {};  ///< [pair][column], two-sided; NaN where undefined; pairs as pairIndex()
};

/// Two or more runs, measured on the same pictures and the same vertices.
struct RunComparison {
  std::vector<ComparedRun> runs;
  ComparisonOptions options;
  std::vector<HemisphereComparison> hemispheres;  ///< by subject, lh before rh
  std::vector<RoiComparison> rois;                ///< by subject and hemisphere, in the study's order

  [[nodiscard]] const HemisphereComparison* hemisphere(const std::string& subject, Hemisphere which) const;
};

/// Place of the pair (first, second), first < second < runs, in HemisphereComparison::p.
[[nodiscard]] size_t pairIndex(size_t first, size_t second, size_t runs);

/// Compares the validation predictions of finished runs (predictions.h5) with the responses of `study`. Pictures are
/// matched by name: runs of different splits are compared on the pictures that all of them validated on, vertices on
/// those that all predict. The same pictures chose each model's best epoch, so every r is slightly too good; runs that
/// chose in the same way suffer alike. Throws Error when a run has no predictions, belongs to another study, or fewer
/// than 10 pictures or no vertex are common; Cancelled when `progress` says so.
[[nodiscard]] RunComparison compareRuns(const Study& study, const std::vector<RunFolder>& runs,
                                        const ComparisonOptions& options, ProgressReporter& progress);

}  // namespace corticast
