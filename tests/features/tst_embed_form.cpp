#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/features/picture_embedder.h"
#include "core/features/picture_space.h"
#include "core/features/reduction.h"
#include "core/formats/half.h"
#include "core/formats/image.h"
#include "core/formats/npy.h"
#include "core/formats/safetensors.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using corticast::testing::TempDir;
using corticast::testing::writeFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

constexpr size_t kTraining = 30;
constexpr size_t kTest = 6;

Image pictureOf(size_t seed) {
  Philox random(seed);
  Image image{16, 16, {}};
  for (int i = 0; i < 16 * 16 * 3; ++i) image.rgb.push_back(static_cast<uint8_t>(random.below(256)));
  return image;
}

/// One subject's pictures on disk, embedded by a small Gabor pyramid.
struct Fixture {
  TempDir dir;
  Study study;

  Fixture() {
    study.root = dir.path();
    Subject subject;
    subject.id = "subj01";
    for (size_t i = 0; i < kTraining + kTest; ++i) {
      Stimulus stimulus;
      stimulus.index = static_cast<int>(i < kTraining ? i + 1 : i + 1 - kTraining);
      stimulus.nsdId = static_cast<int>(i);
      stimulus.file = (i < kTraining ? "train-" : "test-") + std::to_string(1001 + i) + ".png";
      stimulus.path = dir / stimulus.file;
      writeFile(stimulus.path, encodePng(pictureOf(i)));
      (i < kTraining ? subject.trainingImages : subject.testImages).push_back(stimulus);
    }
    study.subjects.push_back(std::move(subject));
  }

  [[nodiscard]] const Subject& subject() const { return study.subjects.front(); }
  [[nodiscard]] EmbedOptions options(const StoredForm& form = {}) const {
    return {.parameters = {{"size", 24}, {"cycles", {2, 4}}, {"cells", {2, 2}}, {"orientations", 3}},
            .workspace = dir / "ws",
            .form = form,
            .threads = 2,
            .shardImages = 7};
  }
  [[nodiscard]] Embedding embed(const EmbedOptions& options) const {
    ProgressReporter progress;
    return std::move(embedStudy(study, options, progress).front());
  }
  [[nodiscard]] EmbedOptions array(const std::vector<float>& values, const std::vector<size_t>& rowShape,
                                   const StoredForm& form) const {
    std::vector<size_t> shape = {kTraining};
    shape.insert(shape.end(), rowShape.begin(), rowShape.end());
    writeNpy<float>(dir / "array.npy", values, shape);
    EmbedOptions made = options(form);
    made.backbone = "precomputed";
    made.parameters = Json::object();
    made.weights = dir / "array.npy";
    return made;
  }
};

std::vector<std::string> namesOf(std::span<const Stimulus> images, const std::vector<uint32_t>& rows) {
  std::vector<std::string> names;
  for (const uint32_t row : rows) names.push_back(images[row].file);
  return names;
}

}  // namespace

TEST(EmbedForm, Float16IsTheRoundedFloat32InHalfTheBytes) {
  const Fixture fixture;
  const Embedding exact = fixture.embed(fixture.options());
  const Embedding half = fixture.embed(fixture.options({.dtype = "float16"}));
  EXPECT_NE(half.info().path, exact.info().path);
  const Matrix<float> wanted = exact.rows(exact.images()), rounded = half.rows(exact.images());
  for (size_t i = 0; i < wanted.values().size(); ++i)
    ASSERT_EQ(rounded.values()[i], halfToFloat(floatToHalf(wanted.values()[i])));
  EXPECT_EQ(half.info().finishedBytes() * 2, exact.info().finishedBytes());
  EXPECT_EQ(readEmbeddingInfo(half.info().path).form, (StoredForm{.dtype = "float16"}));
}

TEST(EmbedForm, ThePlainFormIsFoundBeforeNewerOnes) {
  const Fixture fixture;
  const auto plain = fixture.embed(fixture.options()).info().path;
  const auto half = fixture.embed(fixture.options({.dtype = "float16"})).info().path;
  const auto found = [&] { return findEmbedding(fixture.dir / "ws", "gabor", "", fixture.subject())->info().path; };
  EXPECT_EQ(found(), plain);
  std::filesystem::remove_all(plain);
  EXPECT_EQ(found(), half);
}

TEST(EmbedForm, Float16RefusesWhatItCannotHold) {
  const Fixture fixture;
  std::vector<float> values(kTraining * 2, 1.0F);
  values[5 * 2 + 1] = 70000;
  const ErrorParts error = errorOf([&] { (void)fixture.embed(fixture.array(values, {2}, {.dtype = "float16"})); });
  EXPECT_EQ(error.where, "train-1006.png");
  EXPECT_THAT(error.why, HasSubstr("70000, beyond the range of float16"));
  EXPECT_EQ(fixture.embed(fixture.array(values, {2}, {})).info().images(), kTraining);
}

TEST(EmbedForm, PoolsMapsBeforeTheyAreStored) {
  const Fixture fixture;
  std::vector<float> values(kTraining * 8);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const Embedding pooled = fixture.embed(fixture.array(values, {2, 2, 2}, {.pool = "mean", .grid = 1}));
  EXPECT_THAT(pooled.info().shape, ElementsAre(2, 1, 1));
  EXPECT_THAT(pooled.rows(std::vector<std::string>{"train-1002.png"}).values(), ElementsAre(9.5F, 13.5F));
  EXPECT_THAT(errorOf([&] { (void)fixture.embed(fixture.array(values, {8}, {.pool = "mean", .grid = 1})); }).why,
              HasSubstr("not maps"));
}

// The components of the pictures of the split's training side, and of no others.
TEST(EmbedForm, StoresComponentsFittedOnTrainingPicturesOnly) {
  const Fixture fixture;
  const Embedding raw = fixture.embed(fixture.options());
  std::vector<uint32_t> rows = makeSplit({}, fixture.subject().trainingImages).train;
  std::ranges::sort(rows);
  const Matrix<float> train = raw.rows(namesOf(fixture.subject().trainingImages, rows));
  const Reduction wanted = Reduction::fit(train.view(), {.standardise = false, .pca = 4});

  const Embedding components = fixture.embed(fixture.options({.pca = 4}));
  EXPECT_THAT(components.info().shape, ElementsAre(4));
  EXPECT_EQ(components.info().images(), kTraining + kTest);
  EXPECT_EQ(components.images(), raw.images());
  const Matrix<float> expected = wanted.apply(raw.rows(raw.images()).view());
  const Matrix<float> found = components.rows(raw.images());
  // Rows are projected in other batches than here: rounding of float32 sums of up to 1e2.
  for (size_t i = 0; i < expected.values().size(); ++i) ASSERT_NEAR(found.values()[i], expected.values()[i], 2e-4);
  EXPECT_FALSE(std::filesystem::exists(components.info().path / "staging"));
  const Reduction kept =
      Reduction::fromTensors(SafetensorsFile(components.info().path / "reduction.safetensors").readAll());
  EXPECT_TRUE(std::ranges::equal(kept.components().values(), wanted.components().values()));
}

TEST(EmbedForm, ComponentsOfAnArrayEqualThoseOfItsRows) {
  const Fixture fixture;
  Philox random(3);
  Matrix<float> values(kTraining, 12);
  for (float& value : values.values()) value = static_cast<float>(random.normal());
  const std::vector<float> all(values.values().begin(), values.values().end());
  EmbedOptions options = fixture.array(all, {12}, {.pca = 3, .pcaPictures = 10});
  const Embedding components = fixture.embed(options);
  EXPECT_THAT(components.info().shape, ElementsAre(3));
  const Reduction kept =
      Reduction::fromTensors(SafetensorsFile(components.info().path / "reduction.safetensors").readAll());
  const Matrix<float> expected = kept.apply(values.view());
  const Matrix<float> found = components.rows(components.images());
  for (size_t i = 0; i < expected.values().size(); ++i) ASSERT_NEAR(found.values()[i], expected.values()[i], 1e-5);
}

TEST(EmbedForm, GoesOnWithComponentsWhereItWasCancelled) {
  const Fixture fixture;
  const Embedding whole = fixture.embed(fixture.options({.pca = 4}));
  const Matrix<float> wanted = whole.rows(whole.images());
  for (int stage = 0; stage < 3; ++stage) {
    EmbedOptions options = fixture.options({.pca = 4});
    options.workspace = fixture.dir / ("again" + std::to_string(stage));
    std::stop_source stop;
    const char* const kStages[] = {"embed pictures of subj01 to fit", "fit components", "embed pictures of subj01"};
    size_t reports = 0;
    ProgressReporter progress(
        [&](const Progress& report) {
          if (report.stage.starts_with(kStages[stage]) && (stage < 2 || report.stage.ends_with("subj01")) &&
              ++reports == 2)
            stop.request_stop();
        },
        stop.get_token());
    try {
      (void)embedStudy(fixture.study, options, progress);
    } catch (const Cancelled&) {
    }
    const Embedding resumed = fixture.embed(options);
    EXPECT_THAT(resumed.rows(whole.images()).values(), ::testing::ElementsAreArray(wanted.values())) << stage;
  }
}

TEST(EmbedForm, RefusesMoreComponentsThanPicturesDetermine) {
  const Fixture fixture;
  EXPECT_THAT(errorOf([&] { (void)fixture.embed(fixture.options({.pca = 29})); }).remedy, HasSubstr("26 or less"));
}

TEST(EmbedForm, SkipsBrokenPicturesWhenAllowed) {
  const Fixture fixture;
  for (const std::string name : {"train-1010.png", "test-1033.png"})
    writeFile(fixture.dir / name, readTextFile(fixture.dir / name).substr(0, 60));
  EmbedOptions options = fixture.options();
  EXPECT_THAT(errorOf([&] { (void)fixture.embed(options); }).where, HasSubstr("train-1010.png"));
  options.skipBroken = true;
  for (const int pca : {0, 4}) {
    options.form.pca = pca;
    const Embedding embedding = fixture.embed(options);
    EXPECT_THAT(embedding.info().skipped, ::testing::UnorderedElementsAre("train-1010.png", "test-1033.png"));
    EXPECT_FALSE(embedding.contains("train-1010.png"));
    EXPECT_TRUE(embedding.contains("train-1011.png"));
    EXPECT_THAT(errorOf([&] { (void)embedding.rows(std::vector<std::string>{"test-1033.png"}); }).why,
                HasSubstr("could not be decoded"));
    const Matrix<float> row = embedding.rows(std::vector<std::string>{"train-1011.png"});
    EXPECT_TRUE(std::ranges::all_of(row.values(), [](float value) { return std::isfinite(value); }));
  }
  options.skipBroken = false;
  options.form.pca = 0;
  EXPECT_THAT(errorOf([&] { (void)fixture.embed(options); }).why, HasSubstr("lacks 2 pictures"));
}

// Made by the program before pooling, components and float16: version 1 of the index.
TEST(EmbedForm, ReadsVersionOne) {
  const Embedding old = Embedding::open(corticast::testing::testFile("features/data/embedding_v1"));
  EXPECT_EQ(old.info().form, StoredForm());
  EXPECT_TRUE(old.info().skipped.empty());
  EXPECT_THAT(old.info().shape, ElementsAre(2, 2));
  EXPECT_THAT(old.rows(std::vector<std::string>{"test-0001_nsd-47539.png"}).values(), ElementsAre(100, 101, 102, 103));
}

TEST(EmbedTrial, TellsShapeTimeAndDisk) {
  const Fixture fixture;
  ProgressReporter progress;
  const EmbedTrial trial = tryEmbedding(fixture.subject(), fixture.options({.pca = 4}), progress);
  ASSERT_EQ(trial.shape.size(), 1U);
  EXPECT_GT(trial.secondsPerPicture, 0);
  EXPECT_EQ(trial.pictures, kTraining + kTest);
  EXPECT_EQ(trial.bytes.kept, (kTraining + kTest) * 4 * 4 + 4 * trial.shape[0] * 4);
  EXPECT_EQ(trial.bytes.meanwhile, 27 * trial.shape[0] * 4);
  EXPECT_FALSE(std::filesystem::exists(fixture.dir / "ws"));
}

TEST(PictureEmbedder, GivesAStoredPictureItsOwnFeatures) {
  const Fixture fixture;
  for (const StoredForm& form : {StoredForm{}, StoredForm{.dtype = "float16"}, StoredForm{.pca = 4}}) {
    const Embedding embedding = fixture.embed(fixture.options(form));
    PictureEmbedder embedder(readEmbeddingInfo(embedding.info().path));
    const Matrix<float> again = embedder.embed(std::vector<Image>{pictureOf(3), pictureOf(31)});
    const Matrix<float> stored = embedding.rows(std::vector<std::string>{"train-1004.png", "test-1032.png"});
    // Components are products in other batches; the rest is bit for bit.
    for (size_t i = 0; i < stored.values().size(); ++i)
      ASSERT_NEAR(again.values()[i], stored.values()[i], form.pca > 0 ? 2e-4 : 0);
  }
}

TEST(PictureEmbedder, CannotEmbedAsAnArrayMadeElsewhere) {
  const Fixture fixture;
  const Embedding own = fixture.embed(fixture.array(std::vector<float>(kTraining * 2, 1.0F), {2}, {}));
  EXPECT_THAT(errorOf([&] { (void)PictureEmbedder(own.info()); }).why, HasSubstr("made elsewhere"));
}

TEST(PictureSpace, FindsTheMostSimilarPictures) {
  const Fixture fixture;
  // Two clusters along the first axis; within them pictures differ along the second.
  std::vector<float> values;
  for (size_t i = 0; i < kTraining; ++i)
    for (const float value : {i < 10 ? 10.0F : -5.0F, static_cast<float>(i % 10), 1.0F}) values.push_back(value);
  const Embedding embedding = fixture.embed(fixture.array(values, {3}, {}));
  ProgressReporter progress;
  const PictureSpace space = PictureSpace::of(embedding, progress);
  ASSERT_EQ(space.pictures().size(), kTraining);
  for (const PictureNeighbour& each : space.neighbours(2, 9)) EXPECT_LT(each.picture, 10U);
  // Direction of picture 12 (-5, 2) about the mean (0, 4.5): that of picture 22, which is the same point.
  EXPECT_EQ(space.neighbours(12, 1)[0].picture, 22U);
  EXPECT_NEAR(space.neighbours(12, 1)[0].similarity, 1, 1e-6);
  EXPECT_EQ(space.neighbours(std::vector<float>{-5, 2, 1}, 2)[0].picture, 12U);
  EXPECT_GT(space.mapVariance()[0], space.mapVariance()[1]);
  EXPECT_NEAR(space.mapVariance()[0] + space.mapVariance()[1], 1, 1e-6);
  // The first axis is that of the clusters, whose values are 15 apart.
  EXPECT_NEAR(std::abs(space.map()(0, 0) - space.map()(10, 0)), 15, 0.2);
}
