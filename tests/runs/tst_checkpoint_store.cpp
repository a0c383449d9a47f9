#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/atomic_file.h"
#include "core/runs/checkpoint_store.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;
namespace fs = std::filesystem;

Checkpoint checkpoint(uint64_t step, std::optional<double> score = {}, size_t count = 100) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), static_cast<float>(step));
  return {.step = step,
          .tensors = {NamedTensor::of("moments", std::span<const float>(values))},
          .state = {{"epoch", step}},
          .score = score};
}

std::vector<std::string> warnings;
std::optional<Checkpoint> load(const CheckpointStore& store) {
  warnings.clear();
  return store.loadNewest([](const std::string& text) { warnings.push_back(text); });
}

std::vector<fs::path> filesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) files.push_back(entry.path());
  return files;
}

TEST(CheckpointStore, GivesBackWhatWasSaved) {
  TempDir dir;
  const CheckpointStore store(dir / "checkpoints");
  EXPECT_FALSE(load(store).has_value());
  store.save(checkpoint(7, 0.25));
  const auto back = load(store);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->step, 7u);
  EXPECT_EQ(back->state, Json({{"epoch", 7}}));
  EXPECT_EQ(back->score, 0.25);
  EXPECT_EQ(back->tensors.at(0).floats()[3], 10.0f);
  EXPECT_TRUE(fs::exists(dir / "checkpoints/00000007/DONE"));
  EXPECT_EQ(
      std::system(("cd " + (dir / "checkpoints/00000007").string() + " && sha256sum --quiet -c SHA256SUMS").c_str()),
      0);
}

TEST(CheckpointStore, KeepsTheNewestTwoAndTheBest) {
  TempDir dir;
  const CheckpointStore store(dir.path());
  const std::vector<double> scores{0.9, 0.4, 0.2, 0.3, 0.5, 0.6};
  for (size_t i = 0; i < scores.size(); ++i) store.save(checkpoint(i + 1, scores[i]));
  EXPECT_EQ(store.steps(), (std::vector<uint64_t>{3, 5, 6}));
  store.save(checkpoint(7, 0.1));
  store.save(checkpoint(8, 0.8));
  EXPECT_EQ(store.steps(), (std::vector<uint64_t>{7, 8}));
  store.save(checkpoint(8, 0.8));
  EXPECT_EQ(store.steps(), (std::vector<uint64_t>{7, 8}));
}

TEST(CheckpointStore, KeepsTheNewestAloneWhenToldTo) {
  TempDir dir;
  const CheckpointStore store(dir.path());
  store.keepNewest();
  for (uint64_t step = 1; step <= 3; ++step) store.save(checkpoint(step, 1.0));
  store.keepNewest();
  EXPECT_EQ(store.steps(), std::vector<uint64_t>{3});
}

TEST(CheckpointStore, FallsBackFromADamagedOneAndSaysSo) {
  // Every file of the newest checkpoint, damaged in many places: one flipped bit, cut short, emptied, removed.
  TempDir dir;
  const CheckpointStore store(dir.path());
  size_t damages = 0;
  for (const char* name : {"state.safetensors", "state.json", "SHA256SUMS"}) {
    store.save(checkpoint(1));
    store.save(checkpoint(2));
    const fs::path file = dir.path() / "00000002" / name;
    const std::string good = readTextFile(file);
    const auto expectFallback = [&] {
      ++damages;
      const auto back = load(store);
      ASSERT_TRUE(back.has_value());
      ASSERT_EQ(back->step, 1u) << name;
      ASSERT_EQ(warnings.size(), 1u);
      EXPECT_NE(warnings[0].find("checkpoint 2 is damaged"), std::string::npos);
      EXPECT_NE(warnings[0].find("checkpoint 1 is tried instead"), std::string::npos);
    };
    for (size_t byte = 0; byte < good.size(); byte += 3) {
      std::string damaged = good;
      damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << (byte % 8)));
      testing::writeFile(file, damaged);
      expectFallback();
    }
    for (const size_t length : {size_t{0}, good.size() / 2, good.size() - 2}) {
      testing::writeFile(file, good.substr(0, length));
      expectFallback();
    }
    fs::remove(file);
    expectFallback();
  }
  EXPECT_GT(damages, 200u);
}

TEST(CheckpointStore, GivesNoneWhenAllAreDamaged) {
  TempDir dir;
  const CheckpointStore store(dir.path());
  for (uint64_t step : {1, 2}) {
    store.save(checkpoint(step));
    fs::resize_file(dir.path() / ("0000000" + std::to_string(step)) / "state.safetensors", 50);
  }
  EXPECT_FALSE(load(store).has_value());
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[1].find("there is no earlier one"), std::string::npos);
}

TEST(CheckpointStore, AnUnfinishedOneDoesNotCount) {
  TempDir dir;
  const CheckpointStore store(dir.path());
  store.save(checkpoint(1));
  store.save(checkpoint(2));
  fs::remove(dir.path() / "00000002/DONE");
  fs::create_directories(dir.path() / ".unfinished-3");
  testing::writeFile(dir.path() / ".unfinished-3/state.json", "{");
  EXPECT_EQ(load(store)->step, 1u);
  store.discardAfter(1);
  EXPECT_EQ(filesIn(dir.path()).size(), 5u);
}

TEST(CheckpointStore, DiscardsWhatIsNewer) {
  TempDir dir;
  const CheckpointStore store(dir.path());
  for (uint64_t step : {3, 4}) store.save(checkpoint(step));
  store.discardAfter(3);
  EXPECT_EQ(store.steps(), std::vector<uint64_t>{3});
}

TEST(CheckpointStore, AFullDiskLeavesTheOldOnesUntouched) {
  TempDir dir;
  const CheckpointStore store(dir.path());
  store.save(checkpoint(1, 0.5));
  const auto before = filesIn(dir.path());
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  ::signal(SIGXFSZ, SIG_IGN);
  // Room for less than the tensors, for them but not the rest, and so on.
  for (const rlim_t room : {0, 40, 100, 1000, 40000}) {
    const rlimit limit{room, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const ErrorParts parts = errorOf([&] { store.save(checkpoint(2, 0.4, 20000)); });
    ::setrlimit(RLIMIT_FSIZE, &old);
    EXPECT_EQ(parts.what, "save checkpoint");
    EXPECT_NE(parts.remedy.find("older checkpoints are untouched"), std::string::npos);
    EXPECT_EQ(filesIn(dir.path()), before) << room;
    EXPECT_EQ(load(store)->step, 1u);
  }
  store.save(checkpoint(2, 0.4, 20000));
  EXPECT_EQ(load(store)->step, 2u);
}

}  // namespace
}  // namespace corticast
