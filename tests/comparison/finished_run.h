#pragma once
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/matrix.h"
#include "core/runs/workspace.h"

/// Finished runs as their workers leave them, written by hand: for tests of whatever reads predictions.
namespace corticast::testing {

struct FinishedModel {
  std::string group;     ///< "subj01-lh-OFA"
  std::string roiClass;  ///< empty when the model is of no single ROI
  std::string roi;
  Hemisphere hemisphere = Hemisphere::Left;
  std::vector<uint32_t> columns;
  Matrix<float> predictions;       ///< [validation images x columns]
  std::vector<float> correlation;  ///< per column, as scores.h5 says
};

struct FinishedRunOptions {
  std::string name;
  std::vector<std::string> images;  ///< names of the validation pictures
  std::vector<FinishedModel> models;
  size_t leftColumns = 40;  ///< of the whole hemisphere in the study
  size_t rightColumns = 44;
  std::string dataset = "study";
  RunStatus status = RunStatus::Done;
  double learningRate = 1e-4;  ///< of the plan, so that plans can differ
};

/// A run of subj01 in `workspace` with plan, layout, predictions.h5 and scores.h5.
[[nodiscard]] RunFolder makeFinishedRun(const Workspace& workspace, const FinishedRunOptions& options);

}  // namespace corticast::testing
