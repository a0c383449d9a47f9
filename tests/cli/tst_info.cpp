#include <filesystem>

#include "core/base/json.h"
#include "tests/testing/program.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

#include <nlohmann/json.hpp>

using namespace corticast;
using namespace corticast::testing;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

ProgramResult info(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"info"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return runProgram(CORTICAST_CLI, all);
}

}  // namespace

TEST(Info, printsCountsAndNamesAbsentRois) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.subjects = 2, .images = 25});
  const ProgramResult result = info({folder.path()});
  EXPECT_EQ(result.exitCode, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("subj02         25     4           40           44        withheld"));
  EXPECT_THAT(result.out, HasSubstr("  aTL-faces       absent       6  absent       6"));
  EXPECT_THAT(result.out, HasSubstr("Problems: none"));
  EXPECT_EQ(result.err, "");
}

TEST(Info, jsonHoldsTheSame) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.hasNoiseCeiling = true});
  fs::remove(folder / "subj01/roi_masks/mapping_streams.npy");
  const ProgramResult result = info({folder.path(), "--json", "--check"});
  EXPECT_EQ(result.exitCode, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_TRUE(json.at("checked"));
  const Json& subject = json.at("subjects").at(0);
  EXPECT_EQ(subject.at("id"), "subj01");
  EXPECT_EQ(subject.at("training_images"), 20);
  EXPECT_EQ(subject.at("test_images"), 4);
  const Json& right = subject.at("hemispheres").at(1);
  EXPECT_EQ(right.at("hemisphere"), "rh");
  EXPECT_EQ(right.at("vertices"), 44);
  EXPECT_EQ(right.at("responses").at("dtype"), "float32");
  EXPECT_EQ(right.at("rois").size(), 24U);
  EXPECT_NEAR(right.at("noise_ceiling_median"), 0.4, 1e-6);
  EXPECT_TRUE(right.at("test_responses").is_null());
  EXPECT_EQ(json.at("errors"), 1);
  EXPECT_EQ(json.at("problems").at(0).at("left_out"), "subj01 streams");
}

TEST(Info, checkFindsBadValues) {
  TempDir folder;
  makeSmallStudy(folder.path(), {.response = [](size_t, Hemisphere hemisphere, size_t row, size_t column) {
                   return hemisphere == Hemisphere::Left && row == 2 && column == 3 ? std::nanf("")
                                                                                    : float(row * 7 % 5 + column);
                 }});
  EXPECT_THAT(info({folder.path()}).out, HasSubstr("Problems: none (values and pictures were not read"));
  const ProgramResult checked = info({folder.path(), "--check"});
  EXPECT_EQ(checked.exitCode, 0);
  EXPECT_THAT(checked.out, HasSubstr("Problems: 1 error, 0 warnings"));
  EXPECT_THAT(checked.out, HasSubstr("lh_training_fmri.npy (row 2, column 3)"));
}

TEST(Info, failsWhenNothingIsUsableAndStillShowsTheProblems) {
  TempDir folder;
  makeSmallStudy(folder.path(), {});
  fs::remove_all(folder / "subj01/training_split/training_images");
  const ProgramResult result = info({folder.path()});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_THAT(result.out, HasSubstr("Problems: 1 error"));
  EXPECT_THAT(result.err, HasSubstr("error: open study: "));
  const ProgramResult nowhere = info({folder / "nowhere"});
  EXPECT_EQ(nowhere.exitCode, 1);
  EXPECT_EQ(nowhere.out, "");
  EXPECT_EQ(info({}).exitCode, 2);
}

TEST(Info, loadBenchReportsItsRows) {
  const ProgramResult result =
      runProgram(CORTICAST_CLI, {"bench", "load", "--json", "--images", "30", "--left", "600", "--right", "650"});
  EXPECT_EQ(result.exitCode, 0) << result.err;
  const Json rows = Json::parse(result.out);
  EXPECT_EQ(rows.at(0).at("name"), "open the study");
  EXPECT_EQ(rows.at(0).at("size").at("vertices"), 1250);
  EXPECT_EQ(rows.at(0).at("limit_seconds"), 1.0);
  for (const Json& row : rows) {
    EXPECT_GT(row.at("seconds"), 0.0);
    EXPECT_TRUE(row.contains("baseline"));
    EXPECT_TRUE(row.contains("baseline_seconds"));
  }
}
