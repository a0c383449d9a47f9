#include "core/comparison/comparison_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "tests/testing/testing.h"

using namespace corticast;
using ::testing::HasSubstr;

namespace {

RunComparison example() {
  RunComparison comparison;
  comparison.runs = {{"01A", "first"}, {"01B", "second"}};
  comparison.hemispheres.push_back({.subject = "subj01",
                                    .hemisphere = Hemisphere::Left,
                                    .hemisphereColumns = 19004,
                                    .images = 985,
                                    .imagesOfRun = {985, 1200},
                                    .columns = {0, 1},
                                    .r = {{0.5F, 0.4F}, {0.1F, 0.4F}},
                                    .p = {{0.001, std::nan("")}}});
  const ResampledValue high{0.45, {0.4, 0.5, 0.44}}, low{0.25, {0.2, 0.3, 0.25}};
  comparison.rois.push_back({.subject = "subj01",
                             .hemisphere = Hemisphere::Left,
                             .roiClass = "floc-faces",
                             .roi = "OFA",
                             .columns = {0, 1},
                             .mean = {high, low},
                             .median = {high, {}}});
  return comparison;
}

const std::vector<PlanDifference> kDifferences = {
    {"learningRate", "Learning rate", "Optimiser", "", {"0.1", std::nullopt}}};

}  // namespace

TEST(ComparisonReport, hasEveryNumberInJson) {
  const RunComparison comparison = example();
  const Json json = comparisonToJson(comparison, comparePair(comparison, {}), kDifferences);
  EXPECT_EQ(json.at("a").at("name"), "first");
  EXPECT_EQ(json.at("hemispheres").at(0).at("images"), 985);
  EXPECT_EQ(json.at("hemispheres").at(0).at("images_b"), 1200);
  const Json& roi = json.at("rois").at(0);
  EXPECT_DOUBLE_EQ(roi.at("difference").get<double>(), 0.2);
  EXPECT_DOUBLE_EQ(roi.at("a_high").get<double>(), 0.497);
  EXPECT_DOUBLE_EQ(roi.at("q").get<double>(), 0.5);
  EXPECT_EQ(roi.at("verdict"), "undecided");
  EXPECT_TRUE(json.at("differences").at(0).at("b").is_null());
}

TEST(ComparisonReport, hasNullForUndefinedNumbers) {
  const RunComparison comparison = example();
  const PairComparison pair = comparePair(comparison, {.statistic = CorrelationStatistic::Median});
  const Json roi = comparisonToJson(comparison, pair, {}).at("rois").at(0);
  EXPECT_TRUE(roi.at("b").is_null());
  EXPECT_TRUE(roi.at("p").is_null());
}

TEST(ComparisonReport, writesCsvWithTheSameKeys) {
  const RunComparison comparison = example();
  const PairComparison pair = comparePair(comparison, {});
  const auto lines = split(comparisonToCsv(comparison, pair), '\n');
  ASSERT_EQ(lines.size(), 3U);
  const Json row = comparisonToJson(comparison, pair, {}).at("rois").at(0);
  const auto keys = split(lines[0], ',');
  EXPECT_EQ(keys.size(), row.size());
  for (const std::string& key : keys) EXPECT_TRUE(row.contains(key)) << key;
  EXPECT_THAT(lines[1], HasSubstr("subj01,lh,floc-faces,OFA,2,0.45,"));
}

TEST(ComparisonReport, tellsPeopleWhatItWasMeasuredOn) {
  const RunComparison comparison = example();
  const std::string text = comparisonToText(comparison, comparePair(comparison, {}), kDifferences);
  EXPECT_THAT(text, HasSubstr("subj01 lh: 985 validation pictures in common (A 985, B 1,200), 2 of 19,004 vertices"));
  EXPECT_THAT(text, HasSubstr("0.450 [0.402, 0.497]"));
  EXPECT_THAT(text, HasSubstr("A wins 0 ROIs, B 0, 1 undecided at q < 0.05"));
  EXPECT_THAT(text, HasSubstr("learningRate  0.1  absent"));
}
