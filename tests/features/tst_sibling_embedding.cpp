#include "core/features/sibling_embedding.h"

#include <nlohmann/json.hpp>

#include "core/base/matrix.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/formats/npy.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;
using testing::errorOf;
using testing::TempDir;

/// Two subjects of 12 pictures each, embedded by a small Gabor pyramid or from arrays.
struct Fixture {
  TempDir dir;
  Study study;

  Fixture() {
    testing::makeSmallStudy(dir / "study", {.subjects = 2, .images = 10, .testImages = 2});
    study = openStudy(dir / "study");
  }

  [[nodiscard]] fs::path embed(EmbedOptions options, const std::string& subject) const {
    options.subjects = {subject};
    options.workspace = dir / "ws";
    ProgressReporter silent;
    return embedStudy(study, options, silent).front().info().path;
  }
  [[nodiscard]] fs::path embedArray(const std::string& name, const std::string& subject, float value) const {
    const fs::path train = dir / (name + "-train.npy"), test = dir / (name + "-test.npy");
    writeNpy(train, Matrix<float>(10, 3, std::vector<float>(30, value)).view());
    writeNpy(test, Matrix<float>(2, 3, std::vector<float>(6, value)).view());
    return embed({.backbone = "precomputed", .layer = "own", .weights = train, .testWeights = test}, subject);
  }
  [[nodiscard]] fs::path folderOf(const std::string& subject, const fs::path& named) const {
    return embeddingFolderOf(study.subject(subject), named);
  }
};

const EmbedOptions kPlain{.parameters = {{"size", 24}, {"cycles", {2, 4}}, {"cells", {2, 2}}, {"orientations", 3}}};

EmbedOptions stored(const StoredForm& form) {
  EmbedOptions options = kPlain;
  options.form = form;
  return options;
}

}  // namespace

TEST(SiblingEmbedding, IsTheOneOfTheSameParametersAndForm) {
  const Fixture fixture;
  EmbedOptions other = kPlain;
  other.parameters["orientations"] = 4;
  for (const EmbedOptions& options : {kPlain, other, stored({.dtype = "float16"}), stored({.pca = 2})}) {
    const fs::path first = fixture.embed(options, "subj01"), second = fixture.embed(options, "subj02");
    EXPECT_EQ(fixture.folderOf("subj01", first), first);
    EXPECT_EQ(fixture.folderOf("subj02", first), second);
    EXPECT_EQ(fixture.folderOf("subj01", second), first);
    EXPECT_TRUE(isMadeAlike(readEmbeddingInfo(first), readEmbeddingInfo(second)));
  }
}

TEST(SiblingEmbedding, ThereIsNoneByAnotherForm) {
  const Fixture fixture;
  const fs::path first = fixture.embed(stored({.pca = 2}), "subj01");
  (void)fixture.embed(kPlain, "subj02");
  EmbedOptions otherSplit = stored({.pca = 2});
  otherSplit.pcaSplit.seed += 1;
  (void)fixture.embed(otherSplit, "subj02");
  EXPECT_EQ(fixture.folderOf("subj02", first), first);  // which then says what pictures it lacks
}

TEST(SiblingEmbedding, OfArraysEachSubjectHasItsOwn) {
  const Fixture fixture;
  const fs::path first = fixture.embedArray("one", "subj01", 1), second = fixture.embedArray("two", "subj02", 2);
  EXPECT_EQ(fixture.folderOf("subj02", first), second);
  const fs::path sameFile = fixture.embedArray("one", "subj02", 1);
  (void)fixture.embedArray("three", "subj02", 3);
  EXPECT_EQ(fixture.folderOf("subj02", first), sameFile);
}

TEST(SiblingEmbedding, WhatIsNoEmbeddingIsRefused) {
  const Fixture fixture;
  EXPECT_FALSE(errorOf([&] { (void)fixture.folderOf("subj01", fixture.dir / "none"); }).what.empty());
}

}  // namespace corticast
