#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/error.h"
#include "core/runs/lease.h"
#include "core/runs/ulid.h"
#include "core/runs/workspace.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;
using testing::writeFile;
namespace fs = std::filesystem;

TEST(Ulid, SortsByTimeAlsoWhenTheClockWentBack) {
  const auto now = std::chrono::system_clock::now();
  const std::string first = newUlid({}, now);
  EXPECT_TRUE(isUlid(first));
  EXPECT_LT(first, newUlid(first, now + std::chrono::milliseconds(1)));
  EXPECT_LT(first, newUlid(first, now - std::chrono::hours(1)));
  EXPECT_LT(first, newUlid(first, now));
  EXPECT_EQ(newUlid("ZZZZZZZZZZ0000000000000ZZZ", now), "ZZZZZZZZZZ0000000000001000");
}

TEST(Workspace, IsMadeOnceAndOpenedAgain) {
  TempDir dir;
  const Workspace made = Workspace::openOrCreate(dir / "ws");
  const Workspace opened = Workspace::openOrCreate(dir / "ws");
  EXPECT_EQ(made.uuid(), opened.uuid());
  EXPECT_TRUE(opened.runs().empty());
  EXPECT_TRUE(fs::is_directory(opened.embeddingsFolder()));
}

TEST(Workspace, RefusesWhatIsNone) {
  TempDir dir;
  writeFile(dir / "full/thesis.txt", "text");
  writeFile(dir / "newer/workspace.json", R"({"format": "corticast-workspace", "version": 99, "uuid": "x"})");
  writeFile(dir / "other/workspace.json", R"({"format": "vscode"})");
  writeFile(dir / "half/workspace.json", R"({"format": "corti)");
  EXPECT_EQ(errorOf([&] { (void)Workspace::openOrCreate(dir / "full"); }).why,
            "the folder is not empty and holds no workspace.json");
  EXPECT_EQ(errorOf([&] { (void)Workspace::open(dir / "newer"); }).why, "it was made by a newer version of Corticast");
  EXPECT_EQ(errorOf([&] { (void)Workspace::open(dir / "other"); }).why, "workspace.json is not a Corticast workspace");
  (void)errorOf([&] { (void)Workspace::open(dir / "half"); });
  EXPECT_EQ(errorOf([&] { (void)Workspace::open(dir / "absent"); }).why, "there is no such folder");
}

TEST(Workspace, ListsRunsInTheOrderTheyWereMade) {
  TempDir dir;
  const Workspace workspace = Workspace::openOrCreate(dir / "ws");
  std::vector<std::string> made;
  for (int i = 0; i < 20; ++i) made.push_back(workspace.createRun(Json{{"name", "run " + std::to_string(i)}}).id());
  fs::create_directories(workspace.runsFolder() / ".new-leftover");
  writeFile(workspace.runsFolder() / "notes.txt", "mine");
  std::vector<std::string> listed;
  for (const RunFolder& run : workspace.runs()) listed.push_back(run.id());
  EXPECT_EQ(listed, made);
  const RunFolder run = workspace.find("run 7");
  EXPECT_EQ(run.id(), made[7]);
  EXPECT_EQ(run.readState().status, RunStatus::Queued);
  EXPECT_EQ(run.readPlan().at("name"), "run 7");
  EXPECT_EQ(workspace.find(made[3]).id(), made[3]);
  EXPECT_EQ(workspace.find(run.path().string()).id(), made[7]);
  EXPECT_NE(errorOf([&] { (void)workspace.find(made[3].substr(0, 4)); }).why.find("20 runs"), std::string::npos);
  EXPECT_EQ(errorOf([&] { (void)workspace.find("OFA"); }).why, "no run is called \"OFA\"");
}

TEST(Workspace, ManyProgramsMakeRunsAtOnceAndNoneIsLost) {
  TempDir dir;
  const Workspace workspace = Workspace::openOrCreate(dir / "ws");
  {
    std::vector<std::jthread> programs;
    for (int i = 0; i < 8; ++i)
      programs.emplace_back([&] {
        for (int k = 0; k < 10; ++k) (void)workspace.createRun(Json{{"name", "x"}});
      });
  }
  EXPECT_EQ(workspace.runs().size(), 80u);
}

TEST(Workspace, RenamesAndNotes) {
  TempDir dir;
  const Workspace workspace = Workspace::openOrCreate(dir / "ws");
  const RunFolder run = workspace.createRun(Json{{"name", "CLIP-Linear"}});
  workspace.setNote(run, "with the new masks");
  workspace.rename(run, "CLIP-Linear, take 2");
  EXPECT_EQ(run.readMeta().name, "CLIP-Linear, take 2");
  EXPECT_EQ(run.readMeta().note, "with the new masks");
}

TEST(Workspace, TrashCanBeUndone) {
  TempDir dir;
  const Workspace workspace = Workspace::openOrCreate(dir / "ws");
  const RunFolder run = workspace.createRun(Json{{"name", "a"}});
  workspace.moveToTrash(run);
  EXPECT_TRUE(workspace.runs().empty());
  ASSERT_EQ(workspace.trashedRuns().size(), 1u);
  EXPECT_EQ(workspace.restoreFromTrash(run.id()).readMeta().name, "a");
  EXPECT_EQ(workspace.runs().size(), 1u);
  EXPECT_FALSE(leaseOf(run.path()).isHeld);
  EXPECT_EQ(errorOf([&] { (void)workspace.restoreFromTrash(run.id()); }).why, "there is no such run");
  workspace.moveToTrash(run);
  workspace.emptyTrash();
  EXPECT_TRUE(workspace.trashedRuns().empty());
}

TEST(Workspace, ARunAtWorkCannotBeDeleted) {
  TempDir dir;
  const Workspace workspace = Workspace::openOrCreate(dir / "ws");
  const RunFolder run = workspace.createRun(Json{{"name", "a"}});
  const Lease lease = Lease::claim(run.path());
  EXPECT_NE(errorOf([&] { workspace.moveToTrash(run); }).why.find("is working on it"), std::string::npos);
  EXPECT_EQ(workspace.runs().size(), 1u);
}

TEST(RunFolder, RefusesADamagedState) {
  TempDir dir;
  const Workspace workspace = Workspace::openOrCreate(dir / "ws");
  const RunFolder run = workspace.createRun(Json::object());
  for (const char* damaged : {R"({"status": "flying"})", R"({"status": 3})", R"({})", "[]", "{"}) {
    writeFile(run.stateFile(), damaged);
    (void)errorOf([&] { (void)run.readState(); });
  }
}

TEST(RunLayout, SurvivesJsonAndRefusesNonsense) {
  RunLayout layout;
  layout.cohorts.push_back({.id = "c1", .groups = {}});
  layout.cohorts[0].groups.push_back(
      {.id = "a", .label = "A", .roi = "OFA", .roiClass = "faces", .maxEpochs = 40, .parts = {}});
  layout.cohorts[0].groups[0].parts = {{"subj01", Hemisphere::Left, 3, 0}, {"subj02", Hemisphere::Right, 2, 3}};
  layout.cohorts[0].groups.push_back(
      {.id = "b", .label = "B", .roi = "", .roiClass = "", .maxEpochs = 50, .parts = {}});
  layout.cohorts[0].groups[1].parts = {{"subj01", Hemisphere::Left, 4, 5}};
  layout.hemispheres = {{"subj01", Hemisphere::Left, 10}, {"subj02", Hemisphere::Right, 8}};
  layout.skipped = {{"subj01-lh-aTL", "the ROI is absent"}};
  const Json json = toJson(layout);
  const RunLayout read = layoutFromJson(json, "groups.json");
  EXPECT_EQ(toJson(read), json);
  EXPECT_EQ(read.cohorts[0].columnCount(), 9u);
  EXPECT_EQ(read.cohorts[0].maxEpochs(), 50);
  Json shifted = json;
  shifted["cohorts"][0]["groups"][1]["parts"][0]["offset"] = 6;
  EXPECT_NE(errorOf([&] { (void)layoutFromJson(shifted, "groups.json"); }).why.find("starts at value 6"),
            std::string::npos);
  Json twice = json;
  twice["cohorts"][0]["groups"][1]["id"] = "a";
  (void)errorOf([&] { (void)layoutFromJson(twice, "groups.json"); });
  (void)errorOf([&] { (void)layoutFromJson(Json::array(), "groups.json"); });
}

}  // namespace
}  // namespace corticast
