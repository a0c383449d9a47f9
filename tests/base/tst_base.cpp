#include <atomic>
#include <nlohmann/json.hpp>
#include <stop_token>

#include "core/base/atomic_file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/parallel.h"
#include "core/base/progress.h"
#include "core/base/text.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;
using corticast::testing::TempDir;
using corticast::testing::writeFile;

TEST(Error, saysAllFourParts) {
  const Error error({.what = "read responses", .where = "lh.npy", .why = "wrong shape", .remedy = "check it"});
  EXPECT_STREQ(error.what(), "read responses: lh.npy: wrong shape; check it");
  EXPECT_STREQ(error.within("open study").what(), "open study: read responses: lh.npy: wrong shape; check it");
}

TEST(AtomicFile, replacesInOneStepAndLeavesNothingElse) {
  const TempDir folder;
  writeFileAtomically(folder / "a.txt", "one");
  writeFileAtomically(folder / "a.txt", "two");
  EXPECT_EQ(readTextFile(folder / "a.txt"), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(AtomicFile, keepsTheOldFileWhenTheWriterFails) {
  const TempDir folder;
  writeFileAtomically(folder / "a.txt", "old");
  const auto fail = [](const std::filesystem::path& temporary) {
    writeFile(temporary, "half");
    throw Error({.what = "write", .where = "a", .why = "disk full", .remedy = "free some"});
  };
  EXPECT_EQ(errorOf([&] { writeFileAtomically(folder / "a.txt", fail); }).why, "disk full");
  EXPECT_EQ(readTextFile(folder / "a.txt"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(AtomicFile, namesAMissingFolder) {
  EXPECT_EQ(errorOf([] { writeFileAtomically("/nonexistent/a.txt", "x"); }).where, "/nonexistent/a.txt");
  EXPECT_EQ(errorOf([] { (void)readTextFile("/nonexistent/a.txt"); }).why, "there is no such file");
}

TEST(Json, namesFileAndPlaceOfAFault) {
  const TempDir folder;
  writeFile(folder / "p.json", "{\"a\": 1,\n oops}");
  const auto parts = errorOf([&] { (void)readJsonFile(folder / "p.json"); });
  EXPECT_EQ(parts.where, (folder / "p.json").string());
  EXPECT_THAT(parts.why, ::testing::HasSubstr("line 2"));
}

TEST(Hash, agreesWithPublishedValues) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);  // the CRC catalogue's check value
}

TEST(Text, writesNumbersForPeople) {
  EXPECT_EQ(thousands(0), "0");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(39548), "39,548");
  EXPECT_EQ(thousands(1234567), "1,234,567");
  EXPECT_EQ(duration(72), "1:12");
  EXPECT_EQ(duration(11100), "3 h 05 min");
  EXPECT_EQ(byteSize(999), "999 B");
  EXPECT_EQ(byteSize(1500000000), "1.5 GB");
  EXPECT_EQ(fixed(0.61234, 3), "0.612");
  EXPECT_EQ(shortest(1e-4), "0.0001");
}

TEST(Parallel, visitsEveryIndexOnceAndPassesOnTheFirstFailure) {
  std::vector<std::atomic<int>> visits(1000);
  parallelFor(visits.size(), 4, [&](size_t i) { ++visits[i]; });
  for (const auto& count : visits) EXPECT_EQ(count, 1);
  EXPECT_THROW(parallelFor(10, 3,
                           [](size_t i) {
                             if (i == 5) throw Cancelled();
                           }),
               Cancelled);
}

TEST(Progress, reportsFractionsAndCancels) {
  std::vector<Progress> seen;
  std::stop_source stop;
  ProgressReporter reporter([&](const Progress& p) { seen.push_back(p); }, stop.get_token());
  reporter.begin("embed", 1000, "pictures");
  reporter.advance(500);
  reporter.advance(500);
  ASSERT_GE(seen.size(), 2U);
  EXPECT_EQ(seen.front().fraction, 0);
  EXPECT_EQ(seen.back().fraction, 1);
  EXPECT_EQ(seen.back().detail, "1,000 of 1,000 pictures");
  EXPECT_NO_THROW(reporter.checkCancelled());
  stop.request_stop();
  EXPECT_THROW(reporter.checkCancelled(), Cancelled);
}
