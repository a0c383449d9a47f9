#include "core/comparison/run_predictions.h"

#include <cmath>

#include "tests/comparison/finished_run.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
using ::testing::ElementsAre;

namespace {

const std::vector<std::string> kImages = {"b.png", "a.png"};

FinishedModel model(const std::string& roi, const std::vector<uint32_t>& columns, float value,
                    const std::vector<float>& correlation) {
  FinishedModel made{.group = "subj01-lh-" + roi,
                     .roiClass = roi.empty() ? "" : "floc-faces",
                     .roi = roi,
                     .hemisphere = Hemisphere::Left,
                     .columns = columns,
                     .predictions = Matrix<float>(2, columns.size()),
                     .correlation = correlation};
  for (size_t row = 0; row < 2; ++row)
    for (size_t i = 0; i < columns.size(); ++i)
      made.predictions(row, i) = value + static_cast<float>(10 * row + columns[i]);
  return made;
}

class Predictions : public ::testing::Test {
 protected:
  TempDir folder;
  Workspace workspace = Workspace::openOrCreate(folder / "workspace");
  RunFolder run = makeFinishedRun(workspace, {.name = "r",
                                              .images = kImages,
                                              .models = {model("OFA", {2, 3, 4}, 100, {0.1F, 0.5F, std::nanf("")}),
                                                         model("", {3, 4, 7}, 1000, {0.4F, -0.9F, 0.2F})}});
};

}  // namespace

TEST_F(Predictions, areThoseOfTheBestModelPerColumn) {
  RunPredictions predictions(run, "subj01", Hemisphere::Left);
  EXPECT_EQ(predictions.images(), kImages);
  EXPECT_THAT(predictions.columns(), ElementsAre(2, 3, 4, 7));
  EXPECT_EQ(predictions.hemisphereColumns(), 40U);
  const std::vector<uint32_t> rows = {1, 0}, columns = {7, 4, 3, 2};
  const Matrix<float> found = predictions.gather(rows, columns);
  // Column 4: an undefined r loses even against -0.9.
  EXPECT_THAT(std::vector<float>(found.row(0).begin(), found.row(0).end()), ElementsAre(1017, 1014, 113, 112));
  EXPECT_THAT(std::vector<float>(found.row(1).begin(), found.row(1).end()), ElementsAre(1007, 1004, 103, 102));
}

TEST_F(Predictions, areTheRoisOwnWhenOneIsNamed) {
  RunPredictions predictions(run, "subj01", Hemisphere::Left);
  const std::vector<uint32_t> rows = {0}, columns = {4, 7};
  EXPECT_EQ(predictions.gather(rows, columns, {"floc-faces", "OFA"})(0, 0), 104);
  EXPECT_EQ(predictions.gather(rows, columns, {"floc-faces", "OFA"})(0, 1), 1007);
  EXPECT_EQ(predictions.gather(rows, columns, {"floc-places", "OFA"})(0, 0), 1004);
}

TEST_F(Predictions, ofAnUntouchedHemisphereAreNone) {
  EXPECT_TRUE(RunPredictions(run, "subj01", Hemisphere::Right).columns().empty());
  const RunPredictions other(run, "subj02", Hemisphere::Left);
  EXPECT_TRUE(other.columns().empty());
  EXPECT_EQ(other.hemisphereColumns(), 0U);
}

TEST_F(Predictions, sayWhatIsMissing) {
  RunPredictions predictions(run, "subj01", Hemisphere::Left);
  const std::vector<uint32_t> rows = {0}, columns = {5};
  EXPECT_EQ(errorOf([&] { (void)predictions.gather(rows, columns); }).why, "it does not predict column 5");
  std::filesystem::remove(run.predictionsFile());
  const auto parts = errorOf([&] { RunPredictions(run, "subj01", Hemisphere::Left); });
  EXPECT_EQ(parts.where, run.path().string());
  EXPECT_EQ(parts.why, "it has no predictions; the run is done");
}

TEST_F(Predictions, refuseFilesThatDoNotFit) {
  auto odd = model("OFA", {2, 3}, 1, {0.1F, 0.2F, 0.3F});
  const RunFolder scores = makeFinishedRun(workspace, {.name = "s", .images = kImages, .models = {odd}});
  EXPECT_EQ(errorOf([&] { RunPredictions(scores, "subj01", Hemisphere::Left); }).why, "it has 3 values for 2 columns");
  const RunFolder rows =
      makeFinishedRun(workspace, {.name = "t", .images = {"a.png"}, .models = {model("OFA", {2, 3}, 1, {0.1F, 0.2F})}});
  RunPredictions predictions(rows, "subj01", Hemisphere::Left);
  const std::vector<uint32_t> first = {0}, columns = {2};
  EXPECT_EQ(errorOf([&] { (void)predictions.gather(first, columns); }).why, "it has 2 rows for 1 validation pictures");
}
