#include "core/comparison/run_comparison.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/random.h"
#include "core/evaluation/correlation.h"
#include "core/evaluation/dependent_correlations.h"
#include "tests/comparison/finished_run.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
using ::testing::HasSubstr;

namespace {

constexpr size_t kImages = 60, kColumns = 40;

class Comparison : public ::testing::Test {
 protected:
  TempDir folder;
  Study study = [this] {
    makeSmallStudy(folder / "study", {.images = kImages, .testImages = 0});
    return openStudy(folder / "study");
  }();
  Workspace workspace = Workspace::openOrCreate(folder / "workspace");
  ProgressReporter quiet;

  const HemisphereData& left() const { return *study.subjects[0].hemisphere(Hemisphere::Left); }
  const std::string& image(size_t row) const { return study.subjects[0].trainingImages[row].file; }

  /// A run that predicts the responses of pictures `rows` but for noise; one model per ROI, or one of all columns.
  RunFolder run(const std::string& name, const std::vector<size_t>& rows, float noise,
                const std::vector<std::string>& rois = {}) {
    FinishedRunOptions options{.name = name, .images = {}, .models = {}};
    for (const size_t row : rows) options.images.push_back(image(row));
    const auto add = [&](const std::string& roiClass, const std::string& roi, const std::vector<uint32_t>& columns) {
      FinishedModel model{.group = "subj01-lh-" + (roi.empty() ? "hemisphere" : roi),
                          .roiClass = roiClass,
                          .roi = roi,
                          .hemisphere = Hemisphere::Left,
                          .columns = columns,
                          .predictions = Matrix<float>(rows.size(), columns.size()),
                          .correlation = std::vector<float>(columns.size(), 0.5F)};
      for (size_t i = 0; i < rows.size(); ++i)
        for (size_t j = 0; j < columns.size(); ++j) {
          Philox random(streamOf(name), rows[i] * 1000 + columns[j]);
          model.predictions(i, j) =
              responseAt(0, Hemisphere::Left, rows[i], columns[j]) + noise * static_cast<float>(random.normal());
        }
      options.models.push_back(std::move(model));
    };
    std::vector<uint32_t> all(kColumns);
    for (uint32_t i = 0; i < kColumns; ++i) all[i] = i;
    if (rois.empty()) add("", "", all);
    for (const std::string& roi : rois) add(left().roi(roi)->roiClass, roi, left().roi(roi)->columns);
    return makeFinishedRun(workspace, options);
  }
  RunComparison compare(const std::vector<RunFolder>& runs, const ComparisonOptions& options = {.resamples = 20}) {
    return compareRuns(study, runs, options, quiet);
  }
};

std::vector<size_t> range(size_t first, size_t end) {
  std::vector<size_t> rows;
  for (size_t row = first; row < end; ++row) rows.push_back(row);
  return rows;
}

}  // namespace

TEST_F(Comparison, measuresBothRunsOnTheResponses) {
  auto order = range(0, 40);
  std::ranges::reverse(order);
  const RunComparison comparison = compare({run("good", range(0, 40), 0.5F), run("bad", order, 3)});
  ASSERT_EQ(comparison.hemispheres.size(), 1U);
  const HemisphereComparison& lh = comparison.hemispheres[0];
  EXPECT_EQ(lh.images, 40U);
  EXPECT_EQ(lh.columns.size(), kColumns);
  // The same from the start: rows of the second run are in the opposite order in its file.
  Matrix<float> good(40, 1), bad(40, 1), response(40, 1);
  constexpr uint32_t kColumn = 17;
  for (size_t row = 0; row < 40; ++row) {
    response(row, 0) = responseAt(0, Hemisphere::Left, row, kColumn);
    Philox first(streamOf("good"), row * 1000 + kColumn), second(streamOf("bad"), row * 1000 + kColumn);
    good(row, 0) = response(row, 0) + 0.5F * static_cast<float>(first.normal());
    bad(row, 0) = response(row, 0) + 3 * static_cast<float>(second.normal());
  }
  EXPECT_NEAR(lh.r[0][kColumn], pearson(good.view(), response.view())[0], 1e-6);
  EXPECT_NEAR(lh.r[1][kColumn], pearson(bad.view(), response.view())[0], 1e-6);
  const auto r = tripleCorrelations(good.view(), bad.view(), response.view())[0];
  EXPECT_NEAR(lh.p[0][kColumn], williamsTest(r.first, r.second, r.between, 40).p, 1e-6);
}

TEST_F(Comparison, usesThePicturesThatAllHave) {
  const RunComparison comparison =
      compare({run("a", range(0, 30), 1), run("b", range(10, 45), 1), run("c", range(0, 40), 1)});
  EXPECT_EQ(comparison.hemispheres[0].images, 20U);
  EXPECT_EQ(comparison.hemispheres[0].imagesOfRun, (std::vector<size_t>{30, 35, 40}));
  EXPECT_EQ(comparison.hemispheres[0].p.size(), 3U);
}

TEST_F(Comparison, usesTheVerticesThatAllPredict) {
  const auto rows = range(0, 30);
  const RunComparison comparison = compare({run("all", rows, 1), run("some", rows, 1, {"OFA", "PPA"})});
  const HemisphereComparison& lh = comparison.hemispheres[0];
  EXPECT_EQ(lh.columns.size(), [&] {
    std::set<uint32_t> both(left().roi("OFA")->columns.begin(), left().roi("OFA")->columns.end());
    both.insert(left().roi("PPA")->columns.begin(), left().roi("PPA")->columns.end());
    return both.size();
  }());
  const auto ofa = std::ranges::find(comparison.rois, "OFA", &RoiComparison::roi);
  ASSERT_NE(ofa, comparison.rois.end());
  EXPECT_EQ(ofa->columns, left().roi("OFA")->columns);
  EXPECT_TRUE(std::ranges::none_of(comparison.rois, [](const RoiComparison& roi) { return roi.columns.empty(); }));
}

TEST_F(Comparison, averagesAnRoisVerticesInEveryResample) {
  const auto rows = range(0, 40);
  const RunComparison comparison =
      compare({run("a", rows, 0.5F), run("b", rows, 2)}, {.rois = {"OFA"}, .resamples = 200});
  ASSERT_EQ(comparison.rois.size(), 1U);
  const RoiComparison& ofa = comparison.rois[0];
  const HemisphereComparison& lh = comparison.hemispheres[0];
  double sum = 0;
  for (const uint32_t column : ofa.columns) sum += lh.r[0][column];
  EXPECT_NEAR(*ofa.mean[0].value, sum / static_cast<double>(ofa.columns.size()), 1e-6);
  const auto interval = percentileInterval(ofa.mean[0].resampled);
  EXPECT_EQ(ofa.mean[0].resampled.size(), 200U);
  EXPECT_LT(interval->low, *ofa.mean[0].value);
  EXPECT_GT(interval->high, *ofa.mean[0].value);
}

TEST_F(Comparison, isReproducibleAndSeeded) {
  const auto rows = range(0, 30);
  const std::vector<RunFolder> runs{run("a", rows, 1), run("b", rows, 2)};
  const ComparisonOptions options{.rois = {"OFA"}, .resamples = 50};
  const auto first = compare(runs, options), again = compare(runs, options);
  const auto other = compare(runs, {.rois = {"OFA"}, .resamples = 50, .seed = 2});
  EXPECT_EQ(first.rois[0].mean[0].resampled, again.rois[0].mean[0].resampled);
  EXPECT_NE(first.rois[0].mean[0].resampled, other.rois[0].mean[0].resampled);
  EXPECT_EQ(first.hemispheres[0].r, other.hemispheres[0].r);
}

TEST_F(Comparison, testsByBootstrapWhereAsked) {
  const auto rows = range(0, 50);
  const RunComparison comparison = compare({run("a", rows, 0.1F), run("b", rows, 30)},
                                           {.rois = {"OFA"}, .resamples = 99, .test = VertexTest::Bootstrap});
  // A nearly perfect run against noise: no resample turns the difference around.
  for (const double p : comparison.hemispheres[0].p[0]) EXPECT_NEAR(p, 0.02, 0.021);
  EXPECT_GE(*std::ranges::min_element(comparison.hemispheres[0].p[0]), 2.0 / 100);
}

TEST_F(Comparison, refusesRunsWithoutCommonPictures) {
  const auto parts = errorOf([&] { (void)compare({run("a", range(0, 30), 1), run("b", range(30, 60), 1)}); });
  EXPECT_EQ(parts.where, "subj01, lh");
  EXPECT_EQ(parts.why, "the runs have 0 validation pictures in common (of a 30, b 30); 10 are needed");
}

TEST_F(Comparison, refusesWhatCannotBeCompared) {
  const auto rows = range(0, 30);
  EXPECT_THAT(errorOf([&] { (void)compare({run("a", rows, 1)}); }).why, HasSubstr("fewer than two"));
  EXPECT_THAT(errorOf([&] {
                (void)compare({run("a", rows, 1, {"OFA"}), run("b", rows, 1, {"PPA"})});
              }).why,
              HasSubstr("no vertex is predicted by all"));
  EXPECT_EQ(errorOf([&] {
              (void)compare({run("a", rows, 1), run("b", rows, 1)}, {.rois = {"OFX"}, .resamples = 20});
            }).where,
            "OFX");
  FinishedRunOptions foreign{.name = "foreign", .images = {"a.png"}, .models = {}, .leftColumns = 60};
  foreign.models.push_back({.group = "g",
                            .roiClass = "",
                            .roi = "",
                            .hemisphere = Hemisphere::Left,
                            .columns = {1},
                            .predictions = Matrix<float>(1, 1),
                            .correlation = {0}});
  EXPECT_EQ(errorOf([&] {
              (void)compare({run("a", rows, 1), makeFinishedRun(workspace, foreign)});
            }).why,
            "its subj01, lh has 60 vertices, the study has 40");
}

TEST_F(Comparison, stopsWhenAsked) {
  const auto rows = range(0, 30);
  std::stop_source stop;
  stop.request_stop();
  ProgressReporter stopped({}, stop.get_token());
  EXPECT_THROW((void)compareRuns(study, {run("a", rows, 1), run("b", rows, 1)}, {}, stopped), Cancelled);
}

TEST(PairIndex, countsPairsInOrder) {
  EXPECT_EQ(pairIndex(0, 1, 2), 0U);
  std::vector<size_t> found;
  for (size_t a = 0; a < 4; ++a)
    for (size_t b = a + 1; b < 4; ++b) found.push_back(pairIndex(a, b, 4));
  EXPECT_THAT(found, ::testing::ElementsAre(0, 1, 2, 3, 4, 5));
}
