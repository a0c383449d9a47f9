#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
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

  // Starts the program, and kills it after `delay` unless it has ended by then. True when it was killed.
  [[nodiscard]] bool embedAndKill(std::chrono::microseconds delay) const {
    const pid_t child = ::fork();
    if (child == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY);
      ::dup2(nowhere, STDOUT_FILENO);
      ::dup2(nowhere, STDERR_FILENO);
      ::execl(CORTICAST_CLI, CORTICAST_CLI, "embed", study.c_str(), "--workspace", workspace.c_str(), "--backbone",
              "gabor", "--shard-images", "50", static_cast<char*>(nullptr));
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

}  // namespace

// The program is killed again and again while it embeds; each new start takes up what the last one finished. A shard
// that stood on disk under its own name may be made again only if it was the last one (killed before the index told).
TEST(EmbedKill, losesNoFinishedShardAndLeavesNoWrongRow) {
  TempDir folder;
  makeSmallStudy(folder / "study", {.images = kImages, .testImages = 60, .pictureSize = 64});
  const Study study = openStudy(folder / "study");
  ProgressReporter progress;
  const Embedding whole =
      std::move(embedStudy(study, {.workspace = folder / "whole", .shardImages = 50}, progress).front());
  const Matrix<float> wanted = whole.rows(whole.images());

  Philox random(20231);
  int killed = 0;
  size_t redone = 0;
  size_t unfinished = 0;
  for (int round = 0; killed < kKills; ++round) {
    const Trial trial{folder / "study", folder / ("ws" + std::to_string(round))};
    Written before;
    for (bool isDone = false; !isDone;) {
      isDone = !trial.embedAndKill(std::chrono::microseconds(1000 * random.below(400)));
      killed += isDone ? 0 : 1;
      const auto infos = listEmbeddings(trial.workspace);
      if (infos.empty()) continue;
      const Written now = shardsOf(infos[0]);
      for (const auto& [file, time] : before) ASSERT_EQ(now.at(file), time) << file << " was made again";
      size_t onDisk = 0;
      for (const auto& entry : std::filesystem::directory_iterator(infos[0].path))
        onDisk += entry.path().extension() == ".h5" ? 1 : 0;
      ASSERT_LE(onDisk, now.size() + 1);
      redone += onDisk - now.size();
      unfinished += infos[0].isComplete() ? 0 : 1;
      before = now;
    }
    const auto found = findEmbedding(trial.workspace, "gabor", "", study.subjects[0]);
    ASSERT_TRUE(found.has_value());
    ASSERT_THAT(found->rows(whole.images()).values(), ::testing::ElementsAreArray(wanted.values()));
  }
  std::printf(
      "%d kills, %zu of them amid the pictures; shards finished but not in the index when killed: %zu; wrong "
      "rows: 0\n",
      killed, unfinished, redone);
}
