#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/data/study.h"
#include "core/runs/run_snapshot.h"

/// Runs as a viewer sees them, made up: for tests of panels.
namespace corticast::testing {

/// How a made-up run went. One model per ROI and hemisphere of subj01, in one cohort.
struct RunSketch {
  std::string id = "01JD0000000000000000000001";
  std::string name = "CLIP-Linear";
  std::vector<std::string> rois = {};  ///< empty: all but the streams
  int epochs = 40;
  int maxEpochs = 100;
  int patience = 12;
  RunStatus status = RunStatus::Running;
  std::string reason = {};
  double quality = 0.5;  ///< correlation it comes to
  unsigned seed = 1;
  std::string preset = "clip-linear-roi";
  std::string note = {};
};

/// Losses fall, rise again and stop early, as real ones do; the same sketch gives the same run.
[[nodiscard]] std::shared_ptr<RunSnapshot> sketchRun(const Study& study, const RunSketch& sketch);

/// Value of the made-up map: what writeMaps() writes for a column of a group at an epoch.
[[nodiscard]] float mapValue(const RunSnapshot& run, size_t group, size_t column, int epoch);
/// Writes the epochs' correlation maps into `folder` and makes it the run's.
void writeMaps(RunSnapshot& run, const std::filesystem::path& folder);

/// Writes layout, journal and maps of a made-up run into a run folder, so that it can be read from there.
void writeRun(const RunSnapshot& run, const RunFolder& folder);

/// A study of subj01 with all published ROIs (tests/testing/small_study.h) and a made-up noise ceiling that differs
/// from ROI to ROI. The files may go away afterwards: nothing of them is read again.
[[nodiscard]] std::shared_ptr<const Study> sketchStudy(size_t vertices = 900);

}  // namespace corticast::testing
