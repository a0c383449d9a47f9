#include "core/runs/embed_job.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/data/study.h"
#include "core/runs/process_identity.h"
#include "core/runs/workspace.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;
using testing::TempDir;

struct Fixture {
  TempDir dir;
  EmbedJobs jobs{dir / "ws"};

  Fixture() {
    testing::makeSmallStudy(dir / "study", {.images = 60, .testImages = 4, .pictureSize = 32});
    (void)Workspace::openOrCreate(dir / "ws");
  }

  /// What start() writes, without the process.
  std::filesystem::path request(const EmbedOptions& options) const {
    const auto folder = dir / "ws" / "embed-jobs" / "01JD0000000000000000000001";
    std::filesystem::create_directories(folder);
    writeJsonFile(folder / "job.json",
                  {{"version", 1}, {"dataset", (dir / "study").string()}, {"options", toJson(options)}});
    return folder;
  }
};

}  // namespace

TEST(EmbedJob, EmbedsWhatWasAskedForAndSaysHowItStands) {
  const Fixture fixture;
  const auto folder = fixture.request({.form = {.dtype = "float16"}});
  EXPECT_EQ(workOnEmbedding(folder, {}), EmbedStatus::Done);
  const std::vector<EmbedJob> jobs = fixture.jobs.list();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].status, EmbedStatus::Done);
  EXPECT_EQ(jobs[0].options.form.dtype, "float16");
  ASSERT_EQ(jobs[0].finished.size(), 1U);
  EXPECT_EQ(Embedding::open(jobs[0].finished[0]).info().images(), 64U);
  fixture.jobs.remove(jobs[0].id());
  EXPECT_TRUE(fixture.jobs.list().empty());
  EXPECT_EQ(listEmbeddings(fixture.dir / "ws").size(), 1U);
}

TEST(EmbedJob, PausesWhenAskedAndGoesOnAfterTheLastShard) {
  const Fixture fixture;
  const auto folder = fixture.request({.shardImages = 2});
  fixture.jobs.pause(folder.filename().string());
  EXPECT_EQ(workOnEmbedding(folder, {}), EmbedStatus::Paused);
  EXPECT_EQ(fixture.jobs.list()[0].status, EmbedStatus::Paused);
  std::filesystem::remove(folder / "ask");
  EXPECT_EQ(workOnEmbedding(folder, {}), EmbedStatus::Done);
}

TEST(EmbedJob, SaysWhyItFailed) {
  const Fixture fixture;
  const auto folder = fixture.request({.layer = "fc7"});
  EXPECT_EQ(workOnEmbedding(folder, {}), EmbedStatus::Failed);
  EXPECT_THAT(fixture.jobs.list()[0].reason, HasSubstr("fc7"));
}

TEST(EmbedJob, NoticesThatItsProcessIsGone) {
  const Fixture fixture;
  const auto folder = fixture.request({});
  ProcessIdentity gone = thisProcess();
  gone.startTicks += 1;  // another process of the same number
  writeJsonFile(folder / "state.json",
                {{"status", "running"}, {"text", "embed"}, {"fraction", 0.5}, {"process", toJson(gone)}});
  const EmbedJob job = fixture.jobs.list().front();
  EXPECT_EQ(job.status, EmbedStatus::Interrupted);
  EXPECT_THAT(job.reason, HasSubstr("resume"));
}

TEST(EmbedJob, OneThatMakesTheSameIsTakenUp) {
  const Fixture fixture;
  const EmbedOptions options{.weights = "array.npy", .subjects = {"subj01"}};
  EmbedOptions absolute = options;
  absolute.weights = std::filesystem::absolute(options.weights);
  const auto folder = fixture.request(absolute);
  writeJsonFile(folder / "state.json",
                {{"status", "running"}, {"text", "embed"}, {"fraction", 0.5}, {"process", toJson(thisProcess())}});
  EXPECT_EQ(fixture.jobs.start(fixture.dir / "study", options).path, folder);
  EXPECT_EQ(fixture.jobs.list().size(), 1U);
}

TEST(EmbedJob, OptionsSurviveTheWayThroughJson) {
  EmbedOptions options{.backbone = "gabor", .layer = "energy", .parameters = {{"size", 64}}};
  options.weights = "/w/a.pth";
  options.testWeights = "/w/b.npy";
  options.subjects = {"subj01", "subj02"};
  options.form = {.dtype = "float16", .pool = "max", .grid = 3, .pca = 7, .pcaPictures = 9};
  options.pcaSplit = {.kind = "kfold", .seed = 2, .folds = 4, .fold = 3};
  options.skipBroken = true;
  options.shardImages = 99;
  options.device = "cuda:1";
  EXPECT_EQ(toJson(embedOptionsFromJson(toJson(options), "here")), toJson(options));
  EXPECT_EQ(embedOptionsFromJson(toJson(options), "here").device, "cuda:1");
  // As jobs were written before there was a choice.
  EXPECT_EQ(embedOptionsFromJson({{"backbone", "gabor"}}, "here").device, "auto");
  EXPECT_THAT(errorOf([] { (void)embedOptionsFromJson(Json::object(), "job.json"); }).where, HasSubstr("job.json"));
}

TEST(EmbeddingTrash, GivesBackWhatWasDeleted) {
  const Fixture fixture;
  ASSERT_EQ(workOnEmbedding(fixture.request({}), {}), EmbedStatus::Done);
  const auto folder = listEmbeddings(fixture.dir / "ws").front().path;
  const auto trashed = moveEmbeddingToTrash(fixture.dir / "ws", folder);
  EXPECT_TRUE(listEmbeddings(fixture.dir / "ws").empty());
  restoreEmbedding(fixture.dir / "ws", trashed);
  EXPECT_EQ(Embedding::open(folder).info().images(), 64U);
  (void)moveEmbeddingToTrash(fixture.dir / "ws", folder);
  Workspace::open(fixture.dir / "ws").emptyTrash();
  EXPECT_FALSE(std::filesystem::exists(trashed));
  EXPECT_THAT(errorOf([&] { (void)moveEmbeddingToTrash(fixture.dir / "ws", folder); }).where,
              HasSubstr(folder.filename().string()));
}

}  // namespace corticast
