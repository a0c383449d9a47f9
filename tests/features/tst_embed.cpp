#include "core/features/embed.h"

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/data/study.h"
#include "core/features/gabor.h"
#include "core/formats/image.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using corticast::testing::TempDir;
using corticast::testing::writeFile;
using ::testing::HasSubstr;

namespace {

constexpr size_t kTraining = 11;
constexpr size_t kTest = 4;

Image pictureOf(int seed) {
  Image image{24, 24, {}};
  for (int i = 0; i < 24 * 24 * 3; ++i)
    image.rgb.push_back(static_cast<uint8_t>((i * (seed + 3) + i / 72 * seed) % 256));
  return image;
}

// A subject's pictures on disk; embedding needs nothing else of a study.
struct Fixture {
  TempDir dir;
  Study study;

  explicit Fixture(size_t subjects = 1) {
    study.root = dir.path();
    for (size_t s = 0; s < subjects; ++s) {
      Subject subject;
      subject.id = "subj0" + std::to_string(s + 1);
      std::filesystem::create_directories(dir / subject.id);
      for (size_t i = 0; i < kTraining + kTest; ++i) {
        Stimulus stimulus;
        stimulus.file = (i < kTraining ? "train-" : "test-") + std::to_string(1001 + i) + ".png";
        stimulus.path = dir / subject.id / stimulus.file;
        writeFile(stimulus.path, encodePng(pictureOf(static_cast<int>(i + 100 * s))));
        (i < kTraining ? subject.trainingImages : subject.testImages).push_back(stimulus);
      }
      study.subjects.push_back(std::move(subject));
    }
  }

  [[nodiscard]] EmbedOptions options() const {
    return {.parameters = {{"size", 24}, {"cycles", {2, 4}}, {"cells", {2, 2}}, {"orientations", 3}},
            .workspace = dir / "ws",
            .threads = 2,
            .shardImages = 4};
  }
  [[nodiscard]] Embedding embed(const EmbedOptions& options) const {
    ProgressReporter progress;
    return std::move(embedStudy(study, options, progress).front());
  }
  [[nodiscard]] ErrorParts embedError(const EmbedOptions& options) const {
    return errorOf([&] { (void)embed(options); });
  }
};

GaborPyramid pyramid() {
  return GaborPyramid({.size = 24, .cycles = {2, 4}, .cells = {2, 2}, .orientations = 3});
}

}  // namespace

TEST(Embed, keepsEveryPictureUnderItsName) {
  const Fixture fixture;
  const Embedding embedding = fixture.embed(fixture.options());
  EXPECT_EQ(embedding.info().backbone, "gabor");
  EXPECT_EQ(embedding.info().layer, "energy");
  EXPECT_EQ(embedding.info().subject, "subj01");
  EXPECT_EQ(embedding.info().images(), kTraining + kTest);
  EXPECT_EQ(embedding.info().shards.size(), 4U);
  ASSERT_EQ(embedding.featureCount(), pyramid().featureCount());
  const std::vector<std::string> names = {"test-1015.png", "train-1001.png", "train-1006.png", "train-1001.png"};
  const Matrix<float> rows = embedding.rows(names);
  const Matrix<float> wanted =
      pyramid().embed(std::vector<Image>{pictureOf(14), pictureOf(0), pictureOf(5), pictureOf(0)});
  EXPECT_THAT(rows.values(), ::testing::ElementsAreArray(wanted.values()));
}

TEST(Embed, findsFinishedWorkAgainWithoutWriting) {
  const Fixture fixture;
  const auto first = fixture.embed(fixture.options()).info();
  const auto written = std::filesystem::last_write_time(first.path / "index.json");
  EmbedOptions again = fixture.options();
  again.parameters["size"] = 24.0;
  again.threads = 1;
  const auto second = fixture.embed(again).info();
  EXPECT_EQ(second.path, first.path);
  EXPECT_EQ(std::filesystem::last_write_time(first.path / "index.json"), written);
}

TEST(Embed, otherContentGoesToAnotherFolder) {
  const Fixture fixture;
  const auto first = fixture.embed(fixture.options()).info();
  EmbedOptions other = fixture.options();
  other.parameters["compression"] = "none";
  EXPECT_NE(fixture.embed(other).info().path, first.path);
  writeFile(fixture.study.subjects[0].testImages[0].path, encodePng(pictureOf(77)));
  EXPECT_NE(fixture.embed(fixture.options()).info().path, first.path);
}

TEST(Embed, goesOnAfterTheLastFinishedShard) {
  const Fixture fixture;
  const auto whole = fixture.embed(fixture.options()).info();
  const std::string third = readTextFile(whole.path / whole.shards[2].file);
  EmbeddingInfo cut = whole;
  cut.shards.resize(2);
  writeEmbeddingInfo(cut);
  std::filesystem::remove(whole.path / whole.shards[3].file);
  writeFile(whole.path / "shard-00003.h5.tmp-1-0", "half a shard");
  const auto firstTime = std::filesystem::last_write_time(whole.path / whole.shards[1].file);
  EXPECT_THAT(errorOf([&] { (void)Embedding::open(whole.path); }).why, HasSubstr("8 of 15 pictures"));

  const Embedding resumed = fixture.embed(fixture.options());
  EXPECT_EQ(std::filesystem::last_write_time(whole.path / whole.shards[1].file), firstTime);
  EXPECT_FALSE(std::filesystem::exists(whole.path / "shard-00003.h5.tmp-1-0"));
  EXPECT_EQ(readTextFile(whole.path / whole.shards[2].file), third);
  EXPECT_EQ(resumed.rows(std::vector<std::string>{"test-1015.png"}).values().size(), resumed.featureCount());
}

TEST(Embed, recordsWhatComputedIt) {
  const Fixture fixture;
  EmbedOptions options = fixture.options();
  options.device = "cpu";
  const auto asked = fixture.embed(options).info();
  EXPECT_EQ(asked.device, "cpu");
  // Whatever there is, a Gabor pyramid is computed on the CPU.
  EXPECT_EQ(embedDevice(fixture.options()).id(), "cpu");
  EXPECT_EQ(fixture.embed(fixture.options()).info().path, asked.path);

  EmbeddingInfo cut = asked;
  cut.shards.resize(2);
  cut.device = "cuda:0, NVIDIA H100";
  writeEmbeddingInfo(cut);
  EXPECT_EQ(fixture.embed(options).info().device, "cuda:0, NVIDIA H100; cpu");
  EXPECT_EQ(fixture.embed(options).info().device, "cuda:0, NVIDIA H100; cpu");
}

TEST(Embed, opensAnIndexThatDoesNotNameTheDevice) {
  const Fixture fixture;
  const auto made = fixture.embed(fixture.options()).info();
  Json index = readJsonFile(made.path / "index.json");
  EXPECT_EQ(index.erase("device"), 1U);
  writeJsonFile(made.path / "index.json", index);
  EXPECT_EQ(Embedding::open(made.path).info().device, "");
  EXPECT_EQ(fixture.embed(fixture.options()).info().path, made.path);
}

TEST(Embed, refusesADeviceThatIsNotThereAndLeavesNothing) {
  const Fixture fixture;
  EmbedOptions options = fixture.options();
  options.device = "cuda:99";
  const ErrorParts parts = fixture.embedError(options);
  EXPECT_EQ(parts.where, "cuda:99");
  EXPECT_THAT(parts.remedy, HasSubstr("cpu"));
  EXPECT_FALSE(std::filesystem::exists(options.workspace));
}

TEST(Embed, keepsFinishedShardsWhenCancelled) {
  const Fixture fixture;
  std::stop_source stop;
  ProgressReporter progress(
      [&](const Progress& report) {
        if (report.stage.starts_with("embed")) stop.request_stop();
      },
      stop.get_token());
  EXPECT_THROW((void)embedStudy(fixture.study, fixture.options(), progress), Cancelled);
  EXPECT_FALSE(findEmbedding(fixture.dir / "ws", "gabor", "", fixture.study.subjects[0]).has_value());
  EXPECT_EQ(fixture.embed(fixture.options()).info().images(), kTraining + kTest);
}

TEST(Embed, namesABrokenPictureAndKeepsTheShardsBeforeIt) {
  const Fixture fixture;
  const auto& broken = fixture.study.subjects[0].trainingImages[9].path;
  const std::string whole = readTextFile(broken);
  writeFile(broken, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(fixture.embedError(fixture.options()).where, HasSubstr("train-1010.png"));
  const auto infos = listEmbeddings(fixture.dir / "ws");
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(infos[0].finishedRows(), 8U);
  std::filesystem::remove(broken);
  EXPECT_THAT(fixture.embedError(fixture.options()).where, HasSubstr("train-1010.png"));
}

TEST(Embed, findsAnEmbeddingByItsSubjectsPictures) {
  const Fixture fixture(2);
  ProgressReporter progress;
  const auto made = embedStudy(fixture.study, fixture.options(), progress);
  ASSERT_EQ(made.size(), 2U);
  EXPECT_NE(made[0].info().path, made[1].info().path);
  const auto found = findEmbedding(fixture.dir / "ws", "gabor", "energy", fixture.study.subjects[1]);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->info().path, made[1].info().path);
  EXPECT_FALSE(findEmbedding(fixture.dir / "ws", "gabor", "other", fixture.study.subjects[1]).has_value());
  EXPECT_FALSE(findEmbedding(fixture.dir / "elsewhere", "gabor", "", fixture.study.subjects[1]).has_value());
  const Fixture other(1);
  writeFile(other.study.subjects[0].testImages[0].path, "another size");
  EXPECT_FALSE(findEmbedding(fixture.dir / "ws", "gabor", "", other.study.subjects[0]).has_value());
}

TEST(Embed, embedsOnlyTheSubjectsAskedFor) {
  const Fixture fixture(2);
  EmbedOptions options = fixture.options();
  options.subjects = {"subj02"};
  EXPECT_EQ(fixture.embed(options).info().subject, "subj02");
  EXPECT_EQ(listEmbeddings(fixture.dir / "ws").size(), 1U);
  options.subjects = {"subj07"};
  EXPECT_THAT(fixture.embedError(options).remedy, HasSubstr("subj01"));
}

TEST(Embed, refusesWhatTheBackboneDoesNotKnow) {
  const Fixture fixture;
  EmbedOptions options = fixture.options();
  options.backbone = "vgg";
  EXPECT_THAT(fixture.embedError(options).remedy, HasSubstr("gabor"));
  options = fixture.options();
  options.layer = "fc7";
  EXPECT_THAT(fixture.embedError(options).remedy, HasSubstr("energy"));
  options = fixture.options();
  options.parameters["depth"] = 3;
  EXPECT_THAT(fixture.embedError(options).why + fixture.embedError(options).where, HasSubstr("depth"));
  options = fixture.options();
  options.weights = "alexnet.pth";
  EXPECT_EQ(fixture.embedError(options).why, "this backbone takes no weights");
}

TEST(Embed, aSecondProcessWaitsForTheFirst) {
  const Fixture fixture;
  std::vector<std::filesystem::path> folders(2);
  {
    std::vector<std::jthread> writers;
    for (auto& folder : folders) writers.emplace_back([&] { folder = fixture.embed(fixture.options()).info().path; });
  }
  EXPECT_EQ(folders[0], folders[1]);
  EXPECT_EQ(Embedding::open(folders[0]).info().shards.size(), 4U);
}

TEST(Embedding, namesAPictureItDoesNotHave) {
  const Fixture fixture;
  const Embedding embedding = fixture.embed(fixture.options());
  EXPECT_THAT(errorOf([&] { (void)embedding.rows(std::vector<std::string>{"train-9999.png"}); }).why,
              HasSubstr("train-9999.png is not among its 15 pictures"));
  EXPECT_TRUE(embedding.contains("test-1012.png"));
  EXPECT_FALSE(embedding.contains("train-1012.png"));
}

TEST(Embedding, refusesAShardThatChanged) {
  const Fixture fixture;
  const EmbeddingInfo info = fixture.embed(fixture.options()).info();
  const auto shard = info.path / info.shards[1].file;
  const std::string content = readTextFile(shard);
  std::string changed = content;
  // Not kept open: HDF5 would go on with the file as it was.
  const Matrix<float> row = Embedding::open(info.path).rows(std::vector<std::string>{"train-1006.png"});
  const auto place = content.find(std::string(reinterpret_cast<const char*>(row.data()), row.cols() * sizeof(float)));
  ASSERT_NE(place, std::string::npos);
  changed[place] = static_cast<char>(changed[place] ^ 1);
  writeFile(shard, changed);
  const Embedding embedding = Embedding::open(info.path);
  EXPECT_EQ(embedding.rows(std::vector<std::string>{"train-1001.png"}).rows(), 1U);
  EXPECT_THAT(errorOf([&] { (void)embedding.rows(std::vector<std::string>{"train-1005.png"}); }).why,
              HasSubstr("not what was written"));
  writeFile(shard, content.substr(0, content.size() / 2));
  EXPECT_THAT(errorOf([&] { (void)Embedding::open(info.path); }).where, HasSubstr(info.shards[1].file));
  std::filesystem::remove(shard);
  EXPECT_THAT(errorOf([&] { (void)Embedding::open(info.path); }).where, HasSubstr(info.shards[1].file));
}

TEST(Embedding, refusesADamagedIndex) {
  const Fixture fixture;
  const auto folder = fixture.embed(fixture.options()).info().path;
  const Json whole = readJsonFile(folder / "index.json");
  const auto why = [&](const std::function<void(Json&)>& damage) {
    Json damaged = whole;
    damage(damaged);
    writeJsonFile(folder / "index.json", damaged);
    return errorOf([&] { (void)Embedding::open(folder); }).why;
  };
  EXPECT_THAT(why([](Json& json) { json = 3; }), HasSubstr("not a JSON object"));
  EXPECT_THAT(why([](Json& json) { json["version"] = 9; }), HasSubstr("version is 9"));
  EXPECT_THAT(why([](Json& json) { json.erase("shape"); }), HasSubstr("missing"));
  EXPECT_THAT(why([](Json& json) { json["shape"] = {0}; }), HasSubstr("shape"));
  EXPECT_THAT(why([](Json& json) { json["shape"] = {1 << 30, 1 << 30}; }), HasSubstr("shape"));
  EXPECT_THAT(why([](Json& json) { json["shards"][1]["firstRow"] = 5; }), HasSubstr("does not follow"));
  EXPECT_THAT(why([](Json& json) { json["shards"][1]["file"] = "../x"; }), HasSubstr("no name of a shard"));
  EXPECT_THAT(why([](Json& json) { json["shards"][3]["rows"] = 1000; }), HasSubstr("does not follow"));
  EXPECT_THAT(why([](Json& json) { json["subject"] = "subj08"; }), HasSubstr("subject"));
}
