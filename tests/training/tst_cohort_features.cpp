#include "core/training/cohort_features.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/random.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/formats/npy.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using corticast::testing::TempDir;
using ::testing::HasSubstr;

namespace {

constexpr size_t kImages = 40;

/// Two subjects with an array of random maps [2 x 3 x 4] for each.
struct Fixture {
  TempDir dir;
  Study study;

  Fixture() {
    corticast::testing::makeSmallStudy(dir / "study", {.subjects = 2, .images = kImages, .testImages = 0});
    study = openStudy(dir / "study");
    for (size_t s = 0; s < 2; ++s) {
      Philox random(s);
      std::vector<float> values(kImages * 24);
      for (float& value : values) value = static_cast<float>(3 + 2 * random.normal());
      writeNpy<float>(dir / ("subj0" + std::to_string(s + 1) + ".npy"), values, {kImages, 2, 3, 4});
    }
  }

  [[nodiscard]] std::vector<EmbeddedSubject> embedded(const StoredForm& form = {}) const {
    EmbedOptions options{.backbone = "precomputed", .workspace = dir / "ws", .form = form};
    options.weights = dir / "{subject}.npy";
    ProgressReporter progress;
    std::vector<EmbeddedSubject> result;
    auto embeddings = embedStudy(study, options, progress);
    for (size_t s = 0; s < 2; ++s)
      result.push_back(embeddedSubject(study.subjects[s], std::make_shared<const Embedding>(std::move(embeddings[s]))));
    return result;
  }
};

Split halves() {
  Split split;
  for (uint32_t row = 0; row < 2 * kImages; ++row) (row % 4 == 3 ? split.validation : split.train).push_back(row);
  return split;
}

Matrix<float> gathered(const FeatureSource& source, const std::vector<uint32_t>& rows) {
  Matrix<float> out(rows.size(), source.featureCount());
  source.gather(rows, out.view());
  return out;
}

}  // namespace

// What is read from disk row by row equals what is held in memory, for every kind of reduction.
TEST(CohortFeatures, AreTheSameOnDiskAndInMemory) {
  const Fixture fixture;
  const std::vector<uint32_t> rows = {79, 0, 41, 3, 41};
  for (const ReductionConfig& config :
       {ReductionConfig{false, 0}, ReductionConfig{true, 0}, ReductionConfig{true, 5}}) {
    const CohortFeatures inMemory = cohortFeatures(fixture.embedded(), halves(), config, "subj01-lh-OFA");
    const CohortFeatures onDisk = cohortFeatures(fixture.embedded(), halves(), config, "subj01-lh-OFA", 100);
    EXPECT_TRUE(inMemory.features->isInMemory());
    EXPECT_FALSE(onDisk.features->isInMemory());
    ASSERT_EQ(onDisk.features->rows(), 2 * kImages);
    EXPECT_EQ(onDisk.features->shape(), inMemory.features->shape());
    EXPECT_EQ(onDisk.features->shape().size(), config.pca > 0 ? 1U : 3U);
    const Matrix<float> wanted = gathered(*inMemory.features, rows), found = gathered(*onDisk.features, rows);
    // Training rows are summed in another order: rounding of doubles, then of float32 values of about 1.
    for (size_t i = 0; i < wanted.values().size(); ++i) ASSERT_NEAR(found.values()[i], wanted.values()[i], 1e-5);
  }
}

TEST(CohortFeatures, HoldsTheComponentsOfWhatIsOnDisk) {
  const Fixture fixture;
  const CohortFeatures made = cohortFeatures(fixture.embedded(), halves(), {.standardise = true, .pca = 5}, "x",
                                             2 * kImages * 5 * sizeof(float));
  EXPECT_TRUE(made.features->isInMemory());
  EXPECT_EQ(made.features->featureCount(), 5U);
}

TEST(CohortFeatures, LeavesSkippedPicturesOutOfTheSplit) {
  const Fixture fixture;
  std::vector<EmbeddedSubject> embedded = fixture.embedded();
  embedded[1].rows[2].reset();  // row 42 trains
  embedded[1].rows[3].reset();  // row 43 validates
  Split split = halves();
  const size_t train = split.train.size(), validation = split.validation.size();
  leaveOutSkipped(split, embedded);
  EXPECT_EQ(split.train.size(), train - 1);
  EXPECT_EQ(split.validation.size(), validation - 1);
  EXPECT_EQ(std::ranges::count(split.train, 42U), 0);
  const CohortFeatures made = cohortFeatures(std::move(embedded), split, {.standardise = true, .pca = 0}, "x");
  EXPECT_TRUE(std::isnan(gathered(*made.features, {42})(0, 0)));
  EXPECT_TRUE(std::isfinite(gathered(*made.features, {44})(0, 0)));
}

TEST(CohortFeatures, RefusesComponentsFittedOnValidationPictures) {
  const Fixture fixture;
  std::vector<EmbeddedSubject> embedded = fixture.embedded({.pca = 3});
  embedded.pop_back();
  const Split same = makeSplit({}, fixture.study.subjects[0].trainingImages);
  EXPECT_NO_THROW(requireUnseenValidation(same, embedded));
  const Split other = makeSplit({.kind = "random", .seed = 8}, fixture.study.subjects[0].trainingImages);
  EXPECT_THAT(errorOf([&] { requireUnseenValidation(other, embedded); }).why, HasSubstr("validation pictures"));
}

TEST(CohortFeatures, RefusesSubjectsOfDifferentShape) {
  const Fixture fixture;
  std::vector<EmbeddedSubject> mixed = fixture.embedded();
  mixed[1] = fixture.embedded({.pool = "mean", .grid = 1})[1];
  EXPECT_THAT(errorOf([&] { (void)cohortFeatures(mixed, halves(), {}, "subj01-lh-OFA"); }).why,
              HasSubstr("subj02 has 2 features"));
}
