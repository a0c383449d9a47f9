#include "core/data/split.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

namespace {

std::vector<Stimulus> pictures(size_t count, int firstId = 0, int step = 1) {
  std::vector<Stimulus> stimuli(count);
  for (size_t i = 0; i < count; ++i) {
    stimuli[i].index = static_cast<int>(i) + 1;
    stimuli[i].nsdId = firstId + static_cast<int>(i) * step;
  }
  return stimuli;
}

int64_t digest(const std::vector<uint32_t>& rows) {
  int64_t sum = 0;
  for (size_t i = 0; i < rows.size(); ++i) sum += static_cast<int64_t>(rows[i]) * static_cast<int64_t>(i + 1);
  return sum;
}

std::vector<uint32_t> sorted(std::vector<uint32_t> rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

void expectPartition(const Split& split, size_t count) {
  std::vector<uint32_t> all = split.train;
  all.insert(all.end(), split.validation.begin(), split.validation.end());
  std::vector<uint32_t> expected(count);
  std::iota(expected.begin(), expected.end(), 0U);
  EXPECT_EQ(sorted(all), expected);
}

std::set<int> idsOf(const std::vector<uint32_t>& rows, const std::vector<Stimulus>& stimuli) {
  std::set<int> ids;
  for (const uint32_t row : rows) ids.insert(stimuli[row].nsdId);
  return ids;
}

}  // namespace

// Figures of tests/oracles/splits.py. 25 and 35 pictures round half to even and just below a half.
TEST(Split, devkitIsTheTutorialsSplitBitForBit) {
  struct Case {
    size_t count, train, validation;
    int64_t trainDigest, validationDigest;
  };
  for (const Case& expected : {Case{9841, 8857, 984, 192192495433, 2445163897},
                               {9082, 8174, 908, 151008580981, 1916771412},
                               {8779, 7901, 878, 136110205998, 1753243467},
                               {10, 9, 1, 200, 3},
                               {15, 14, 1, 845, 3},
                               {25, 22, 3, 2764, 52},
                               {35, 31, 4, 9131, 130}}) {
    const Split split = makeSplit({}, pictures(expected.count));
    EXPECT_EQ(split.train.size(), expected.train) << expected.count;
    EXPECT_EQ(split.validation.size(), expected.validation) << expected.count;
    EXPECT_EQ(digest(split.train), expected.trainDigest) << expected.count;
    EXPECT_EQ(digest(split.validation), expected.validationDigest) << expected.count;
  }
  const Split split = makeSplit({}, pictures(9841));
  EXPECT_EQ(std::vector(split.train.begin(), split.train.begin() + 5),
            (std::vector<uint32_t>{5469, 4979, 3716, 7290, 3697}));
  EXPECT_EQ(std::vector(split.validation.end() - 5, split.validation.end()),
            (std::vector<uint32_t>{7286, 3046, 4079, 2254, 2915}));
}

TEST(Split, foldsAreScikitLearns) {
  const std::vector<std::vector<uint32_t>> expected = {
      {1, 6, 8, 10, 17, 18, 19}, {2, 4, 5, 7, 9, 13, 14}, {0, 3, 11, 12, 15, 16}};
  for (int fold = 1; fold <= 3; ++fold) {
    const Split split = makeSplit({.kind = "kfold", .seed = 0, .folds = 3, .fold = fold}, pictures(20));
    EXPECT_EQ(sorted(split.validation), expected[fold - 1]);
  }
  const int64_t trainDigests[] = {231052, 232889, 229026, 238241, 236109};
  const int64_t validationDigests[] = {15470, 15100, 16111, 13703, 14309};
  for (int fold = 1; fold <= 5; ++fold) {
    const Split split = makeSplit({.kind = "kfold", .seed = 7, .folds = 5, .fold = fold}, pictures(103));
    EXPECT_EQ(digest(sorted(split.train)), trainDigests[fold - 1]);
    EXPECT_EQ(digest(sorted(split.validation)), validationDigests[fold - 1]);
  }
}

TEST(Split, everyPictureValidatesInExactlyOneFold) {
  for (const size_t count : {7, 20, 103, 984}) {
    std::vector<int> times(count, 0);
    size_t least = count, most = 0;
    for (int fold = 1; fold <= 7; ++fold) {
      const Split split = makeSplit({.kind = "kfold", .seed = 3, .folds = 7, .fold = fold}, pictures(count));
      expectPartition(split, count);
      for (const uint32_t row : split.validation) ++times[row];
      least = std::min(least, split.validation.size());
      most = std::max(most, split.validation.size());
    }
    EXPECT_THAT(times, ::testing::Each(1));
    EXPECT_LE(most - least, 1U);
  }
}

TEST(Split, randomDependsOnSeedAndFractionOnly) {
  const SplitConfig config{.kind = "random", .seed = 11, .trainFraction = 0.8};
  const Split split = makeSplit(config, pictures(500));
  expectPartition(split, 500);
  EXPECT_EQ(split.train.size(), 400U);
  EXPECT_EQ(split.train, makeSplit(config, pictures(500)).train);
  EXPECT_NE(split.train, makeSplit({.kind = "random", .seed = 12, .trainFraction = 0.8}, pictures(500)).train);
  EXPECT_EQ(makeSplit({.kind = "random"}, pictures(9841)).train, makeSplit({}, pictures(9841)).train);
}

TEST(Split, sharedPicturesStayOnOneSide) {
  const std::vector<std::vector<Stimulus>> subjects = {pictures(300), pictures(200, 100, 2), pictures(120, 50, 3)};
  const std::vector<std::span<const Stimulus>> views(subjects.begin(), subjects.end());
  for (const char* kind : {"devkit", "random", "kfold"}) {
    const auto splits = makeSharedSplits({.kind = kind, .seed = 2, .fold = 2}, views);
    ASSERT_EQ(splits.size(), 3U);
    std::set<int> train, validation;
    for (size_t s = 0; s < splits.size(); ++s) {
      expectPartition(splits[s], subjects[s].size());
      train.merge(idsOf(splits[s].train, subjects[s]));
      validation.merge(idsOf(splits[s].validation, subjects[s]));
    }
    std::vector<int> both;
    std::set_intersection(train.begin(), train.end(), validation.begin(), validation.end(), std::back_inserter(both));
    EXPECT_TRUE(both.empty()) << kind;
  }
}

TEST(Split, sharedFormOfOneSubjectIsThePlainSplit) {
  const auto stimuli = pictures(9841, 13, 7);
  const std::vector<std::span<const Stimulus>> one = {stimuli};
  const Split shared = makeSharedSplits({}, one).front();
  const Split plain = makeSplit({}, stimuli);
  EXPECT_EQ(shared.train, plain.train);
  EXPECT_EQ(shared.validation, plain.validation);
}

TEST(Split, impossibleOnesAreRefused) {
  EXPECT_THAT(errorOf([] { (void)makeSplit({}, pictures(1)); }).why, ::testing::HasSubstr("1 pictures give"));
  (void)errorOf([] { (void)makeSplit({}, {}); });
  (void)errorOf([] {
    (void)makeSplit({.kind = "kfold", .folds = 5}, pictures(3));
    (void)makeSplit({.kind = "kfold", .folds = 5, .fold = 5}, pictures(3));
  });
  EXPECT_THAT(errorOf([] { (void)makeSplit({.kind = "kfold", .folds = 5, .fold = 6}, pictures(30)); }).why,
              ::testing::HasSubstr("fold 6 of 5"));
  (void)errorOf([] { (void)makeSplit({.kind = "leave-one-out"}, pictures(30)); });
  (void)errorOf([] { (void)makeSplit({.kind = "random", .trainFraction = 1.5}, pictures(30)); });
}
