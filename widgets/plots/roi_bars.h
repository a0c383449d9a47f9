#pragma once
#include <QString>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/study.h"
#include "core/evaluation/bootstrap.h"
#include "core/runs/run_snapshot.h"
#include "widgets/state/workbench_state.h"

namespace corticast {

enum class RoiStatistic { Mean, Median };

/// Mean and median over the vertices of one ROI; absent when there is nothing to take them over.
struct VertexSummary {
  std::optional<double> mean;
  std::optional<double> median;
  size_t vertices = 0;   ///< that have a value
  size_t undefined = 0;  ///< r is undefined there (a constant response or prediction); left out

  [[nodiscard]] const std::optional<double>& of(RoiStatistic statistic) const {
    return statistic == RoiStatistic::Mean ? mean : median;
  }
};
[[nodiscard]] VertexSummary summarise(const std::vector<float>& values, const std::vector<uint32_t>& columns);

/// How well one run predicts one ROI of one hemisphere.
struct RoiScore {
  VertexSummary correlation;
  bool isPredicted = false;                              ///< the run has a model of it
  int bestEpoch = 0;                                     ///< of that model; 0 before its first
  std::array<std::optional<Interval>, 2> interval = {};  ///< of mean and median, over pictures; empty: not known

  [[nodiscard]] const std::optional<Interval>& intervalOf(RoiStatistic statistic) const {
    return interval[statistic == RoiStatistic::Mean ? 0 : 1];
  }
};

/// One ROI with both hemispheres, left first.
struct RoiBarGroup {
  std::string roiClass;
  std::string name;
  std::array<size_t, 2> vertexCount{};             ///< 0: absent in this subject
  std::array<VertexSummary, 2> ceiling = {};       ///< highest r that the noise allows; empty when the study has none
  std::vector<std::array<RoiScore, 2>> runs = {};  ///< as in RoiBars::runs
};

struct RoiBars {
  struct Run {
    QString id;
    QString name;
    size_t slot = 0;
  };
  std::vector<Run> runs;
  std::vector<RoiBarGroup> rois = {};  ///< class by class, in the study's order
  std::vector<Hemisphere> hemispheres = {};
  QString failure = {};  ///< why a run could not be read, in words
};

/// What is to be measured, taken from the state on the UI thread.
struct RoiBarsQuestion {
  std::shared_ptr<const Study> study;
  std::string subject;
  std::vector<Hemisphere> hemispheres;
  std::vector<RoiBars::Run> runs = {};
  std::vector<std::shared_ptr<const RunSnapshot>> snapshots = {};  ///< as `runs`
  std::vector<std::pair<std::string, std::string>> rois = {};      ///< class and name
};

/// `isAll`: every ROI of the subject; otherwise the checked ones, and the absent ones of their classes.
[[nodiscard]] RoiBarsQuestion roiBarsQuestion(const WorkbenchState& state, bool isAll);

/// Reads the runs' files: not for the UI thread. An ROI is scored by the run's own model of it or, failing that, by a
/// model that spans it (a whole hemisphere, all ROIs); each at its best epoch so far, on the validation pictures.
[[nodiscard]] RoiBars measureRois(const RoiBarsQuestion& question);

/// Every bar as CSV: run, name, class, ROI, hemisphere, vertices, mean, median, ceiling mean and median, best epoch.
[[nodiscard]] std::string roiBarsAsCsv(const RoiBars& bars);

}  // namespace corticast
