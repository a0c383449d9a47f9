#include "core/export/run_table.h"

#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/formats/npy.h"
#include "core/runs/journal.h"
#include "core/runs/workspace.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;

namespace {

struct Model {
  std::string id, roi;
  Hemisphere hemisphere;
  std::vector<uint32_t> columns;
  std::vector<double> tLoss, vLoss;  ///< per epoch
  int bestEpoch;
};

class RunTable : public ::testing::Test {
 protected:
  /// A run with these models in one cohort; r of a column at an epoch is column / 100 + epoch / 1000.
  RunFolder makeRun(const std::vector<Model>& models, Json plan = Json::object()) {
    plan.update({{"version", 1}, {"name", "Linear"}, {"dataset", (folder / "study").string()}, {"focus", "roi"}});
    const RunFolder run = workspace.createRun(plan, RunStatus::Done);
    RunLayout layout;
    layout.hemispheres = {{"subj01", Hemisphere::Left, 40}, {"subj01", Hemisphere::Right, 44}};
    layout.cohorts.push_back({"c", {}});
    layout.columns.emplace_back();
    for (const Model& model : models) {
      RunGroup group{.id = model.id, .label = model.id, .roi = model.roi, .roiClass = "", .maxEpochs = 2, .parts = {}};
      group.parts.push_back({"subj01", model.hemisphere, model.columns.size(), layout.columns[0].size()});
      layout.columns[0].insert(layout.columns[0].end(), model.columns.begin(), model.columns.end());
      layout.cohorts[0].groups.push_back(group);
    }
    run.writeLayout(layout);
    JournalWriter journal(run.journalFile(), 0);
    std::filesystem::create_directories(run.epochs());
    for (int epoch = 1; epoch <= 2; ++epoch) {
      Json record{{"kind", "epoch"}, {"cohort", "c"}, {"epoch", epoch}, {"seconds", 1}, {"memory", 1}};
      for (const Model& model : models) {
        record["trainLoss"].push_back(model.tLoss[static_cast<size_t>(epoch) - 1]);
        record["validationLoss"].push_back(model.vLoss[static_cast<size_t>(epoch) - 1]);
        record["learningRate"].push_back(1e-4);
        record["correlation"].push_back(0.1);
        record["state"].push_back("finished");
        record["bestEpoch"].push_back(model.bestEpoch);
      }
      journal.append(record);
      std::vector<float> values;
      for (const uint32_t column : layout.columns[0])
        values.push_back(static_cast<float>(column) / 100 + static_cast<float>(epoch) / 1000);
      writeNpy<float>(run.epochFile("c", epoch), std::span<const float>(values), {values.size()});
    }
    return run;
  }

  TempDir folder;
  Study study = [this] {
    makeSmallStudy(folder / "study", {.testImages = 0});
    return openStudy(folder / "study");
  }();
  Workspace workspace = Workspace::openOrCreate(folder / "workspace");
  std::vector<Model> rois = {{"lh-OFA", "OFA", Hemisphere::Left, {1, 2, 3}, {0.9, 0.7}, {0.8, 0.6}, 2},
                             {"lh-PPA", "PPA", Hemisphere::Left, {9}, {0.5, 0.3}, {0.2, 0.4}, 1},
                             {"rh-OFA", "OFA", Hemisphere::Right, {4, 8}, {0.1, 0.2}, {0.3, 0.5}, 1}};
};

}  // namespace

TEST_F(RunTable, averagesTheLeastLossesByVertices) {
  const auto rows = runSummary(makeRun(rois));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].hemisphere, "lh");
  EXPECT_EQ(rows[1].hemisphere, "rh");
  EXPECT_DOUBLE_EQ(*rows[0].tLoss, (3 * 0.7 + 0.3) / 4);
  // The least validation loss of each model, which PPA has at epoch 1 and OFA at epoch 2.
  EXPECT_DOUBLE_EQ(*rows[0].vLoss, (3 * 0.6 + 0.2) / 4);
  EXPECT_EQ(rows[0].vertices, 4U);
  EXPECT_FALSE(rows[0].bestEpoch);
  EXPECT_EQ(rows[1].bestEpoch, 1);
  EXPECT_DOUBLE_EQ(*rows[1].tLoss, 0.1);
}

TEST_F(RunTable, averagesOverModelsWhereAsked) {
  const auto rows = runSummary(makeRun(rois), "OFA", LossAverage::Models);
  EXPECT_DOUBLE_EQ(*rows[0].tLoss, (0.7 + 0.3) / 2);
  EXPECT_DOUBLE_EQ(*rows[0].vLoss, (0.6 + 0.2) / 2);
}

TEST_F(RunTable, correlatesInTheChosenRoiAtItsBestEpoch) {
  const RunFolder run = makeRun(rois);
  const auto inOfa = runSummary(run, "OFA");
  EXPECT_NEAR(*inOfa[0].corrMean, 0.02 + 0.002, 1e-6);
  EXPECT_NEAR(*inOfa[1].corrMean, 0.06 + 0.001, 1e-6);
  const auto inPpa = runSummary(run, "PPA");
  EXPECT_NEAR(*inPpa[0].corrMedian, 0.09 + 0.001, 1e-6);
  EXPECT_FALSE(inPpa[1].corrMean) << "the run has no model of PPA in rh";
  EXPECT_DOUBLE_EQ(*inPpa[0].tLoss, *inOfa[0].tLoss) << "losses do not depend on the ROI of Corr";
}

TEST_F(RunTable, findsTheRoiInALargerModel) {
  std::vector<uint32_t> all(40);
  for (uint32_t i = 0; i < 40; ++i) all[i] = i;
  const auto rows = runSummary(makeRun({{"lh", "", Hemisphere::Left, all, {0.9, 0.7}, {0.8, 0.6}, 2}}));
  ASSERT_EQ(rows.size(), 1U) << "nothing is predicted in rh";
  const auto& ofa = study.subjects[0].hemisphere(Hemisphere::Left)->roi("OFA")->columns;
  double sum = 0;
  for (const uint32_t column : ofa) sum += column / 100.0 + 0.002;
  EXPECT_NEAR(*rows[0].corrMean, sum / static_cast<double>(ofa.size()), 1e-6);
  EXPECT_EQ(rows[0].bestEpoch, 2);
}

TEST_F(RunTable, saysWhatWasSetByHand) {
  const Json plan = {{"defaults", {{"learningRate", 3e-4}}},
                     {"overrides", Json::array({{{"roi", "OFA"}, {"settings", {{"patience", 3}}}}})}};
  const auto rows = runSummary(makeRun(rois, plan));
  EXPECT_EQ(rows[0].config, "learningRate 0.0003, OFA: patience 3");
  EXPECT_EQ(rows[0].architecture, "linear");
}

TEST_F(RunTable, writesSettingsAsAPersonWould) {
  EXPECT_EQ(configText({{"learningRate", 0.1 * 0.003},
                        {"weightDecay", 0.1 + 0.2},
                        {"epsilon", 1e-5},
                        {"patience", 20},
                        {"embedding", "/home/me/ws/embeddings/gabor-energy-d4b722ef4622"}}),
            "embedding gabor-energy-d4b722ef4622, learningRate 0.0003, weightDecay 0.3, epsilon 1e-5, patience 20");
}

TEST_F(RunTable, keepsARowPerModel) {
  const RunFolder run = makeRun(rois);
  EXPECT_EQ(runTable(run).size(), 3U);
  EXPECT_EQ(runTable(run, "OFA").size(), 2U);
}

TEST_F(RunTable, knowsItsAverages) {
  EXPECT_EQ(lossAverageFrom("models"), LossAverage::Models);
  EXPECT_EQ(errorOf([] { (void)lossAverageFrom("rois"); }).where, "rois");
}
