#include "tests/comparison/finished_run.h"

#include <nlohmann/json.hpp>

#include "core/formats/hdf5_file.h"

namespace corticast::testing {

RunFolder makeFinishedRun(const Workspace& workspace, const FinishedRunOptions& options) {
  const RunFolder run = workspace.createRun({{"version", 1},
                                             {"name", options.name},
                                             {"dataset", options.dataset},
                                             {"focus", "roi"},
                                             {"defaults", {{"learningRate", options.learningRate}}}},
                                            options.status);
  RunLayout layout;
  layout.hemispheres = {{"subj01", Hemisphere::Left, options.leftColumns},
                        {"subj01", Hemisphere::Right, options.rightColumns}};
  RunCohort cohort{.id = "subj01", .groups = {}};
  std::vector<uint32_t> columns;
  for (const FinishedModel& model : options.models) {
    RunGroup group{.id = model.group,
                   .label = model.group,
                   .roi = model.roi,
                   .roiClass = model.roiClass,
                   .maxEpochs = 1,
                   .parts = {}};
    group.parts.push_back({"subj01", model.hemisphere, model.columns.size(), columns.size()});
    columns.insert(columns.end(), model.columns.begin(), model.columns.end());
    cohort.groups.push_back(std::move(group));
  }
  layout.cohorts.push_back(std::move(cohort));
  layout.columns.push_back(std::move(columns));
  run.writeLayout(layout);
  Hdf5File predictions = Hdf5File::create(run.predictionsFile());
  predictions.writeTexts("/images/subj01/validation", options.images);
  Hdf5File scores = Hdf5File::create(run.scoresFile());
  for (const FinishedModel& model : options.models) {
    predictions.write("/validation/" + model.group, model.predictions.view());
    scores.write<float>("/correlation/" + model.group, model.correlation, {model.correlation.size()});
  }
  predictions.close();
  scores.close();
  return run;
}

}  // namespace corticast::testing
