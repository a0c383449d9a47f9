#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/formats/npy.h"
#include "core/runs/run_maps.h"
#include "core/runs/workspace.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;

const float kNaN = std::nanf("");

// Cohort a: OFA (left columns 1, 2) and streams (left 2, 3 and right 0); cohort b: right 1.
struct Sample {
  Sample() : run(Workspace::openOrCreate(dir / "ws").createRun(Json::object())) {
    const auto group = [](const char* id, std::vector<RunPart> parts) {
      return RunGroup{.id = id, .label = id, .roi = "", .roiClass = "", .maxEpochs = 9, .parts = std::move(parts)};
    };
    layout.cohorts = {{"a",
                       {group("OFA", {{"subj01", Hemisphere::Left, 2, 0}}),
                        group("streams", {{"subj01", Hemisphere::Left, 2, 2}, {"subj01", Hemisphere::Right, 1, 4}})}},
                      {"b", {group("PPA", {{"subj01", Hemisphere::Right, 1, 0}})}}};
    layout.hemispheres = {{"subj01", Hemisphere::Left, 5}, {"subj01", Hemisphere::Right, 2}};
    layout.columns = {{1, 2, 2, 3, 0}, {1}};
    run.writeLayout(layout);
    write("a", 1, {0.1f, 0.2f, 0.3f, kNaN, 0.5f});
    write("a", 2, {0.2f, 0.9f, 0.4f, 0.7f, 0.6f});
    write("b", 1, {0.8f});
  }
  void write(const std::string& cohort, int epoch, const std::vector<float>& values) const {
    writeNpy<float>(run.epochFile(cohort, epoch), std::span<const float>(values), {values.size()});
  }
  TempDir dir;
  RunFolder run;
  RunLayout layout;
};

// NaN equals NaN here.
void expectMap(const std::vector<float>& map, const std::vector<float>& expected) {
  ASSERT_EQ(map.size(), expected.size());
  for (size_t i = 0; i < map.size(); ++i)
    EXPECT_TRUE(map[i] == expected[i] || (std::isnan(map[i]) && std::isnan(expected[i]))) << i << ": " << map[i];
}

TEST(RunMaps, PutsValuesOnTheirColumnsAndTakesTheGreaterWhereGroupsOverlap) {
  const Sample sample;
  const RunMaps maps(sample.run, *sample.run.readLayout());
  expectMap(maps.correlation("subj01", Hemisphere::Left, 1), {kNaN, 0.1f, 0.3f, kNaN, kNaN});
  expectMap(maps.correlation("subj01", Hemisphere::Left, 2), {kNaN, 0.2f, 0.9f, 0.7f, kNaN});
  expectMap(maps.correlation("subj01", Hemisphere::Left, 2, "streams"), {kNaN, kNaN, 0.4f, 0.7f, kNaN});
  EXPECT_TRUE(maps.correlation("subj02", Hemisphere::Left, 2).empty());
  EXPECT_EQ(maps.lastEpoch(), 2);
  EXPECT_EQ(errorOf([&] { (void)maps.correlation("subj01", Hemisphere::Left, 2, "FFA"); }).why,
            "it has no group \"FFA\"");
}

TEST(RunMaps, CohortsThatEndedEarlierStandWithTheirLastEpoch) {
  const Sample sample;
  const RunMaps maps(sample.run, sample.layout);
  expectMap(maps.correlation("subj01", Hemisphere::Right, 2), {0.6f, 0.8f});
  expectMap(maps.correlation("subj01", Hemisphere::Right, 7), {0.6f, 0.8f});
  std::filesystem::remove(sample.run.epochFile("b", 1));
  expectMap(maps.correlation("subj01", Hemisphere::Right, 2), {0.6f, kNaN});
  expectMap(maps.correlation("subj01", Hemisphere::Right, 0), {kNaN, kNaN});
}

TEST(RunMaps, OfTheBestEpochsTakesEachGroupsOwn) {
  const Sample sample;
  RunSnapshot snapshot;
  snapshot.curves = {{GroupCurve{}, GroupCurve{}}, {GroupCurve{}}};
  snapshot.curves[0][0].bestEpoch = 1;
  snapshot.curves[0][1].bestEpoch = 2;
  const RunMaps maps(sample.run, sample.layout);
  expectMap(maps.bestCorrelation("subj01", Hemisphere::Left, snapshot), {kNaN, 0.1f, 0.4f, 0.7f, kNaN});
  expectMap(maps.bestCorrelation("subj01", Hemisphere::Right, snapshot), {0.6f, kNaN});
}

TEST(RunMaps, RefusesFilesThatDoNotFit) {
  const Sample sample;
  sample.write("a", 3, {1, 2});
  EXPECT_NE(errorOf([&] {
              (void)RunMaps(sample.run, sample.layout).correlation("subj01", Hemisphere::Left, 3);
            }).why.find("has 2 values"),
            std::string::npos);
  const auto writeColumns = [&](std::vector<uint32_t> columns) {
    writeNpy<uint32_t>(sample.run.columnsFile("a"), std::span<const uint32_t>(columns), {columns.size()});
  };
  writeColumns({1, 2, 2, 3});
  EXPECT_NE(errorOf([&] { (void)sample.run.readLayout(); }).why.find("it has 4 columns"), std::string::npos);
  writeColumns({1, 2, 2, 5, 0});
  EXPECT_NE(errorOf([&] { (void)sample.run.readLayout(); }).why.find("column 5"), std::string::npos);
}

}  // namespace
}  // namespace corticast
