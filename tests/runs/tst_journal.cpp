#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/runs/journal.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;

Json epoch(int number) {
  return {{"kind", "epoch"}, {"epoch", number}};
}

std::vector<int> epochsOf(const JournalUpdate& update) {
  std::vector<int> epochs;
  for (const Json& record : update.records) epochs.push_back(record.at("epoch").get<int>());
  return epochs;
}

void appendRaw(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

TEST(Journal, LinesAreJsonWithTheirChecksum) {
  const std::string line = journalLine({{"kind", "event"}, {"text", "a, \"b\"\n"}});
  EXPECT_EQ(line, R"({"kind":"event","text":"a, \"b\"\n","crc":"f0816d63"})"
                  "\n");
  EXPECT_EQ(parseJournalLine(line.substr(0, line.size() - 1)).at("text"), "a, \"b\"\n");
}

TEST(Journal, EverySingleBitFlipIsNoticed) {
  std::string line = journalLine({{"kind", "epoch"}, {"trainLoss", {0.25, 1.5}}, {"time", 1.7e9}});
  line.pop_back();
  for (size_t i = 0; i < line.size() * 8; ++i) {
    std::string damaged = line;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
    const Json read = parseJournalLine(damaged);
    // The checksum's own digits may change case: the content is then still what was written.
    EXPECT_TRUE(read.is_null() || read.at("trainLoss") == Json({0.25, 1.5})) << damaged;
  }
  for (size_t length = 0; length < line.size(); ++length)
    EXPECT_TRUE(parseJournalLine(line.substr(0, length)).is_null());
}

TEST(Journal, IsReadAsItGrows) {
  TempDir dir;
  JournalReader reader(dir / "journal.jsonl");
  EXPECT_TRUE(reader.read().records.empty());
  JournalWriter writer(dir / "journal.jsonl", 0);
  writer.append(epoch(1));
  writer.append(epoch(2));
  EXPECT_EQ(epochsOf(reader.read()), (std::vector{1, 2}));
  EXPECT_TRUE(reader.read().records.empty());
  writer.append(epoch(3));
  const JournalUpdate update = reader.read();
  EXPECT_EQ(epochsOf(update), std::vector{3});
  EXPECT_FALSE(update.isReset);
  EXPECT_EQ(reader.offset(), writer.length());
}

TEST(Journal, ATornLastLineWaitsForItsEnd) {
  TempDir dir;
  const auto path = dir / "journal.jsonl";
  const std::string line = journalLine(epoch(1));
  for (size_t cut = 0; cut < line.size(); ++cut) {
    std::filesystem::remove(path);
    JournalReader reader(path);
    appendRaw(path, line.substr(0, cut));
    const JournalUpdate torn = reader.read();
    EXPECT_TRUE(torn.records.empty());
    EXPECT_TRUE(torn.damagedLines.empty());
    appendRaw(path, line.substr(cut));
    EXPECT_EQ(epochsOf(reader.read()), std::vector{1});
  }
}

TEST(Journal, ADamagedLineInTheMiddleIsNamedAndTheRestRead) {
  TempDir dir;
  const auto path = dir / "journal.jsonl";
  std::string second = journalLine(epoch(2));
  second[10] ^= 1;
  appendRaw(path, journalLine(epoch(1)) + second + "\n" + journalLine(epoch(4)));
  const JournalUpdate update = JournalReader(path).read();
  EXPECT_EQ(epochsOf(update), (std::vector{1, 4}));
  EXPECT_EQ(update.damagedLines, (std::vector<uint64_t>{2, 3}));
}

TEST(Journal, AResumedRunStartsItOverForItsReaders) {
  TempDir dir;
  const auto path = dir / "journal.jsonl";
  JournalReader reader(path);
  uint64_t checkpoint = 0;
  {
    JournalWriter writer(path, 0);
    writer.append(epoch(1));
    checkpoint = writer.length();
    writer.append(epoch(2));
    writer.append(epoch(3));
  }
  EXPECT_EQ(reader.read().records.size(), 3u);
  // As long again as before, so the length alone does not tell.
  JournalWriter writer(path, checkpoint);
  for (int i : {2, 3, 4, 5}) writer.append({{"kind", "epoch"}, {"epoch", i}, {"note", "again, and a bit longer"}});
  const JournalUpdate update = reader.read();
  EXPECT_TRUE(update.isReset);
  EXPECT_EQ(epochsOf(update), (std::vector{1, 2, 3, 4, 5}));
}

TEST(Journal, ShorterThanItsCheckpointIsRefused) {
  TempDir dir;
  appendRaw(dir / "journal.jsonl", journalLine(epoch(1)));
  EXPECT_NE(errorOf([&] { JournalWriter(dir / "journal.jsonl", 1000); }).why.find("made at 1000"), std::string::npos);
}

TEST(Journal, AFullDiskLeavesItAsItWas) {
  TempDir dir;
  const auto path = dir / "journal.jsonl";
  JournalWriter writer(path, 0);
  writer.append(epoch(1));
  const std::string before = readTextFile(path);
  const rlimit limit{before.size() + 10, RLIM_INFINITY};
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const ErrorParts parts = errorOf([&] { writer.append(epoch(2)); });
  ::setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(parts.why, "File too large");
  EXPECT_EQ(readTextFile(path), before);
  writer.append(epoch(3));
  EXPECT_EQ(epochsOf(JournalReader(path).read()), (std::vector{1, 3}));
}

TEST(Journal, LinesLongerThanABlockAreRead) {
  TempDir dir;
  JournalWriter writer(dir / "journal.jsonl", 0);
  for (int i = 1; i <= 3; ++i) {
    Json record = epoch(i);
    record["text"] = std::string(1500000, 'x');
    writer.append(record);
  }
  EXPECT_EQ(epochsOf(JournalReader(dir / "journal.jsonl").read()), (std::vector{1, 2, 3}));
}

}  // namespace
}  // namespace corticast
