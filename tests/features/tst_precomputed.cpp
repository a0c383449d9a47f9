#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using corticast::testing::TempDir;
using corticast::testing::writeFile;
using ::testing::HasSubstr;

namespace {

// Three training pictures and two test pictures; their content is not looked at.
struct Fixture {
  TempDir dir;
  Study study;

  Fixture() {
    study.root = dir.path();
    Subject subject;
    subject.id = "subj01";
    for (const char* name : {"train-1.png", "train-2.png", "train-3.png", "test-1.png", "test-2.png"}) {
      Stimulus stimulus;
      stimulus.file = name;
      stimulus.path = dir / name;
      writeFile(stimulus.path, name);
      (stimulus.file.starts_with("train") ? subject.trainingImages : subject.testImages).push_back(stimulus);
    }
    study.subjects.push_back(std::move(subject));
  }
  [[nodiscard]] std::filesystem::path npy(const std::string& name, const std::vector<size_t>& shape) const {
    size_t count = 1;
    for (const size_t extent : shape) count *= extent;
    std::vector<float> values(count);
    for (size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i);
    writeNpy(dir / name, std::span<const float>(values), shape);
    return dir / name;
  }
  [[nodiscard]] std::filesystem::path hdf5(const std::string& name, const std::vector<std::string>& names) const {
    Hdf5File file = Hdf5File::create(dir / name);
    Matrix<float> values(names.size(), 2);
    for (size_t i = 0; i < values.values().size(); ++i) values.values()[i] = static_cast<float>(i);
    file.write("/features", std::as_const(values).view());
    file.writeTexts("/image", names);
    file.close();
    return dir / name;
  }
  [[nodiscard]] Embedding embed(const std::filesystem::path& weights, const std::filesystem::path& test = {}) const {
    ProgressReporter progress;
    return std::move(embedStudy(study,
                                {.backbone = "precomputed",
                                 .weights = weights,
                                 .testWeights = test,
                                 .workspace = dir / "ws",
                                 .shardImages = 2},
                                progress)
                         .front());
  }
  [[nodiscard]] ErrorParts failure(const std::filesystem::path& weights, const std::filesystem::path& test = {}) const {
    return errorOf([&] { (void)embed(weights, test); });
  }
};

Matrix<float> rowOf(const Embedding& embedding, const std::string& name) {
  return embedding.rows(std::vector<std::string>{name});
}

}  // namespace

TEST(Precomputed, keepsNpyRowsInPictureOrder) {
  const Fixture fixture;
  const Embedding embedding = fixture.embed(fixture.npy("a.npy", {3, 2, 2}), fixture.npy("b.npy", {2, 2, 2}));
  EXPECT_THAT(embedding.info().shape, ::testing::ElementsAre(2, 2));
  EXPECT_EQ(embedding.info().layer, "features");
  EXPECT_THAT(rowOf(embedding, "train-2.png").values(), ::testing::ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(rowOf(embedding, "test-2.png").values(), ::testing::ElementsAre(4, 5, 6, 7));
}

TEST(Precomputed, worksWithoutTestPictures) {
  const Fixture fixture;
  const Embedding embedding = fixture.embed(fixture.npy("a.npy", {3, 2}));
  EXPECT_EQ(embedding.info().testImages, 0U);
  EXPECT_FALSE(embedding.contains("test-1.png"));
  EXPECT_TRUE(findEmbedding(fixture.dir / "ws", "precomputed", "", fixture.study.subjects[0]).has_value());
}

TEST(Precomputed, findsHdf5RowsByName) {
  const Fixture fixture;
  const Embedding embedding = fixture.embed(
      fixture.hdf5("a.h5", {"test-2.png", "train-3.png", "unused.png", "train-1.png", "train-2.png", "test-1.png"}));
  EXPECT_EQ(embedding.info().testImages, 2U);
  EXPECT_THAT(rowOf(embedding, "test-2.png").values(), ::testing::ElementsAre(0, 1));
  EXPECT_THAT(rowOf(embedding, "train-1.png").values(), ::testing::ElementsAre(6, 7));
  EXPECT_THAT(rowOf(embedding, "train-2.png").values(), ::testing::ElementsAre(8, 9));
}

TEST(Precomputed, namesThePictureWithAValueThatIsNotFinite) {
  const Fixture fixture;
  std::vector<float> values(6, 1.0F);
  values[3] = std::numeric_limits<float>::quiet_NaN();
  writeNpy(fixture.dir / "nan.npy", std::span<const float>(values), {3, 2});
  const ErrorParts failure = fixture.failure(fixture.dir / "nan.npy");
  EXPECT_EQ(failure.where, "train-2.png");
  EXPECT_THAT(failure.why, HasSubstr("feature 1 "));
}

TEST(Precomputed, refusesWhatDoesNotFitThePictures) {
  const Fixture fixture;
  const auto good = fixture.npy("good.npy", {3, 2});
  EXPECT_EQ(fixture.failure(fixture.npy("a.npy", {5, 2})).why, "it has 5 rows, subj01 has 3 training pictures");
  EXPECT_EQ(fixture.failure(good, fixture.npy("b.npy", {3, 2})).why, "it has 3 rows, subj01 has 2 test pictures");
  EXPECT_EQ(fixture.failure(good, fixture.npy("c.npy", {2, 4})).why,
            "a test picture's embedding is 4, a training picture's 2");
  EXPECT_THAT(fixture.failure(fixture.npy("d.npy", {3})).why, HasSubstr("[pictures x features] is needed"));
  EXPECT_THAT(fixture.failure(fixture.npy("e.npy", {3, 0})).why, HasSubstr("3 rows of 0 values"));
  writeFile(fixture.dir / "f.csv", "1,2");
  EXPECT_THAT(fixture.failure(fixture.dir / "f.csv").why, HasSubstr("neither .npy nor HDF5"));
  writeFile(fixture.dir / "g.h5", "no HDF5 at all");
  EXPECT_THAT(fixture.failure(fixture.dir / "g.h5").where, HasSubstr("g.h5"));
  writeFile(fixture.dir / "h.npy", "no npy at all");
  EXPECT_THAT(fixture.failure(fixture.dir / "h.npy").where, HasSubstr("h.npy"));
  const std::vector<int64_t> whole(6);
  writeNpy(fixture.dir / "i.npy", std::span<const int64_t>(whole), {3, 2});
  EXPECT_THAT(fixture.failure(fixture.dir / "i.npy").why, HasSubstr("values are int64"));
}

TEST(Precomputed, refusesHdf5NamesThatDoNotFit) {
  const Fixture fixture;
  EXPECT_THAT(fixture.failure(fixture.hdf5("a.h5", {"train-1.png", "train-2.png"})).why,
              HasSubstr("train-3.png is not among the 2 names"));
  EXPECT_THAT(fixture.failure(fixture.hdf5("b.h5", {"train-1.png", "train-1.png", "train-3.png"})).why,
              HasSubstr("train-1.png twice"));
  EXPECT_THAT(fixture.failure(fixture.hdf5("c.h5", {"train-1.png", "train-2.png", "train-3.png", "test-1.png"})).why,
              HasSubstr("test-2.png is not among"));
}

// A program that crashes over every file stands for the library, which each version of it may do over other files.
TEST(Precomputed, anHdf5FileThatCrashesItsReaderIsAnError) {
  const Fixture fixture;
  const auto file = fixture.hdf5("a.h5", {"train-1.png", "train-2.png", "train-3.png"});
  const auto reader = fixture.dir / "reader";
  writeFile(reader, "#!/bin/sh\n[ \"$1\" = array ] && [ -f \"$2\" ] && kill -SEGV $$\n");
  std::filesystem::permissions(reader, std::filesystem::perms::owner_all);
  ::setenv("CORTICAST_CLI", reader.c_str(), 1);
  const ErrorParts failure = fixture.failure(file);
  ::unsetenv("CORTICAST_CLI");
  EXPECT_EQ(failure.where, file.string());
  EXPECT_THAT(failure.why, HasSubstr("was ended by signal 11"));
  EXPECT_THAT(failure.remedy, HasSubstr(".npy"));
  EXPECT_EQ(fixture.embed(file).info().testImages, 0U);
}
