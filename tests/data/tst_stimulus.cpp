#include "core/data/stimulus.h"

#include "tests/testing/testing.h"

using namespace corticast;

TEST(Stimulus, nameGivesIndexAndNsdId) {
  const auto stimulus = parseStimulusName("train-0042_nsd-00613.png", "train");
  ASSERT_TRUE(stimulus);
  EXPECT_EQ(stimulus->file, "train-0042_nsd-00613.png");
  EXPECT_EQ(stimulus->index, 42);
  EXPECT_EQ(stimulus->nsdId, 613);
}

TEST(Stimulus, longerNumbersAndOtherSuffixesAreRead) {
  const auto stimulus = parseStimulusName("test-12345_nsd-072999.JPEG", "test");
  ASSERT_TRUE(stimulus);
  EXPECT_EQ(stimulus->index, 12345);
  EXPECT_EQ(stimulus->nsdId, 72999);
}

TEST(Stimulus, otherNamesAreRefused) {
  for (const char* name :
       {"", "train", "train-0001", "train-0001_nsd-", "train-001_nsd-00001.png", "train-0001_nsd-0001.png",
        "train-0000_nsd-00001.png", "test-0001_nsd-00001.png", "train-0001_nsd-00001", "train-0001_nsd-00001.png.tmp",
        "train-0001_nsd-00001 (1).png", "._train-0001_nsd-00001.png", "train-0001-nsd-00001.png",
        "train--001_nsd-00001.png", "train-99999999999_nsd-00001.png", "Train-0001_nsd-00001.png"})
    EXPECT_FALSE(parseStimulusName(name, "train")) << name;
}
