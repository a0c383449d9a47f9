#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include "core/base/random.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;

namespace {

constexpr size_t kImages = 700;
constexpr int kKills = 40;

struct Trial {
  std::filesystem::path study;
  std::filesystem::path workspace;
  std::vector<std::string> form;

  // Starts the program, and kills it after `delay` unless it has ended by then. True when it was killed.
  [[nodiscard]] bool embedAndKill(std::chrono::microseconds delay) const {
    const pid_t child = ::fork();
    if (child == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY);
      ::dup2(nowhere, STDOUT_FILENO);
      ::dup2(nowhere, STDERR_FILENO);
      std::vector<std::string> words = {CORTICAST_CLI, "embed",          study, "--workspace", workspace, "--backbone",
                                        "gabor",       "--shard-images", "50"};
      words.insert(words.end(), form.begin(), form.end());
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      ::execv(CORTICAST_CLI, arguments.data());
      ::_exit(127);
    }
    std::this_thread::sleep_for(delay);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
  }
};

using Written = std::map<std::string, std::filesystem::file_time_type>;

Written shardsOf(const EmbeddingInfo& info) {
  Written result;
  for (const EmbeddingShard& shard : info.shards)
    result[shard.file] = std::filesystem::last_write_time(info.path / shard.file);
  return result;
}

size_t shardFilesIn(const std::filesystem::path& folder) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    count += entry.path().extension() == ".h5" ? 1 : 0;
  return count;
}

// What is being written of a workspace's one embedding: first the features that components are fitted on, if any.
std::optional<EmbeddingInfo> folderOf(const std::filesystem::path& workspace) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(workspace / "embeddings", none)) {
    if (std::filesystem::exists(entry.path() / "index.json")) return readEmbeddingInfo(entry.path());
    if (std::filesystem::exists(entry.path() / "staging" / "index.json"))
      return readEmbeddingInfo(entry.path() / "staging");
  }
  return std::nullopt;
}

struct Form {
  const char* name;
  StoredForm form;
  std::vector<std::string> arguments;
};

class EmbedKill : public ::testing::TestWithParam<Form> {};

}  // namespace

// The program is killed again and again while it embeds; each new start takes up what the last one finished. A shard
// that stood on disk under its own name may be made again only if it was the last one (killed before the index told).
TEST_P(EmbedKill, losesNoFinishedShardAndLeavesNoWrongRow) {
  TempDir folder;
  makeSmallStudy(folder / "study", {.images = kImages, .testImages = 60, .pictureSize = 64});
  const Study study = openStudy(folder / "study");
  ProgressReporter progress;
  const Embedding whole = std::move(
      embedStudy(study, {.workspace = folder / "whole", .form = GetParam().form, .shardImages = 50}, progress).front());
  const Matrix<float> wanted = whole.rows(whole.images());

  Philox random(20231);
  int killed = 0;
  size_t redone = 0;
  size_t unfinished = 0;
  for (int round = 0; killed < kKills; ++round) {
    const Trial trial{folder / "study", folder / ("ws" + std::to_string(round)), GetParam().arguments};
    Written before;
    std::filesystem::path beforeIn;
    // Components are fitted in one go, so on a busy machine the program is given more and more time.
    uint64_t mostMilliseconds = 400;
    for (bool isDone = false; !isDone; mostMilliseconds += 20) {
      isDone = !trial.embedAndKill(std::chrono::microseconds(1000 * random.below(mostMilliseconds)));
      killed += isDone ? 0 : 1;
      const auto info = folderOf(trial.workspace);
      if (!info) continue;
      const Written now = shardsOf(*info);
      if (beforeIn != info->path) before.clear();
      for (const auto& [file, time] : before) ASSERT_EQ(now.at(file), time) << file << " was made again";
      const size_t onDisk = shardFilesIn(info->path);
      ASSERT_LE(onDisk, now.size() + 1);
      redone += onDisk - now.size();
      unfinished += isDone ? 0 : 1;
      before = now;
      beforeIn = info->path;
    }
    const auto found = findEmbedding(trial.workspace, "gabor", "", study.subjects[0]);
    ASSERT_TRUE(found.has_value());
    ASSERT_THAT(found->rows(whole.images()).values(), ::testing::ElementsAreArray(wanted.values()));
  }
  std::printf(
      "%s: %d kills, %zu of them amid the pictures; shards finished but not in the index when killed: %zu; wrong "
      "rows: 0\n",
      GetParam().name, killed, unfinished, redone);
}

INSTANTIATE_TEST_SUITE_P(Forms, EmbedKill,
                         ::testing::Values(Form{"float32", {}, {}},
                                           Form{"float16", {.dtype = "float16"}, {"--dtype", "float16"}},
                                           Form{"components", {.pca = 20}, {"--pca", "20"}}),
                         [](const auto& instance) { return std::string(instance.param.name); });
