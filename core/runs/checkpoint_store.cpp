#include "core/runs/checkpoint_store.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTensors = "state.safetensors";
constexpr const char* kState = "state.json";
constexpr const char* kSums = "SHA256SUMS";
constexpr const char* kDone = "DONE";
constexpr const char* kUnfinished = ".unfinished-";
constexpr size_t kNewestKept = 2;
constexpr uint64_t kSpareBytes = uint64_t{1} << 20;  // for the headers and the folder itself

uint64_t byteCount(const Checkpoint& checkpoint) {
  uint64_t bytes = 0;
  for (const NamedTensor& tensor : checkpoint.tensors) bytes += tensor.data.size();
  return bytes;
}

void checkSpace(const fs::path& folder, uint64_t needed) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return;
  const uint64_t available = uint64_t{disk.f_bavail} * disk.f_frsize;
  if (available >= needed + kSpareBytes) return;
  throw Error(ErrorParts{.what = "save checkpoint",
                         .where = folder.string(),
                         .why = byteSize(needed + kSpareBytes) + " are needed and " + byteSize(available) + " are free",
                         .remedy = "make room on that disk, then resume the run; older checkpoints are untouched"});
}

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw Error(ErrorParts{
      .what = "read checkpoint", .where = file.string(), .why = why, .remedy = "an earlier checkpoint is used"});
}

void verify(const fs::path& folder) {
  std::set<std::string> missing{kTensors, kState};
  for (const std::string& line : split(readTextFile(folder / kSums), '\n')) {
    const size_t gap = line.find("  ");
    if (gap == std::string::npos) continue;
    const std::string name = line.substr(gap + 2);
    if (missing.erase(name) == 0) refuse(folder / kSums, "it lists \"" + name + "\"");
    if (sha256OfFile(folder / name) != line.substr(0, gap)) refuse(folder / name, "its SHA-256 is not the one written");
  }
  if (!missing.empty()) refuse(folder / kSums, "it does not list " + *missing.begin());
}

void removeFolder(const fs::path& folder) {
  std::error_code ignored;
  // Without DONE it no longer counts, whatever else of it remains.
  fs::remove(folder / kDone, ignored);
  fs::remove_all(folder, ignored);
}

std::optional<double> scoreIn(const fs::path& folder) {
  try {
    const Json json = readJsonFile(folder / kState);
    const Json& score = json.at("score");
    if (score.is_number()) return score.get<double>();
  } catch (const std::exception&) {
  }
  return {};
}

}  // namespace

CheckpointStore::CheckpointStore(fs::path folder) : m_folder(std::move(folder)) {}

fs::path CheckpointStore::folderOf(uint64_t step) const {
  char name[24];
  std::snprintf(name, sizeof name, "%08llu", static_cast<unsigned long long>(step));
  return m_folder / name;
}

std::vector<uint64_t> CheckpointStore::steps() const {
  std::vector<uint64_t> steps;
  std::error_code failure;
  for (fs::directory_iterator entry(m_folder, failure), end; !failure && entry != end; entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    const bool isStep = name.size() >= 8 && name.size() < 18 && std::all_of(name.begin(), name.end(), ::isdigit);
    std::error_code ignored;
    if (isStep && fs::exists(entry->path() / kDone, ignored)) steps.push_back(std::stoull(name));
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

void CheckpointStore::write(const Checkpoint& checkpoint, const fs::path& folder) const {
  fs::create_directories(folder);
  writeSafetensors(folder / kTensors, checkpoint.tensors);
  writeJsonFile(folder / kState, Json{{"step", checkpoint.step},
                                      {"score", checkpoint.score ? Json(*checkpoint.score) : Json()},
                                      {"state", checkpoint.state}});
  std::string sums;
  for (const char* name : {kTensors, kState}) sums += sha256OfFile(folder / name) + "  " + name + "\n";
  writeFileAtomically(folder / kSums, sums);
  writeFileAtomically(folder / kDone, std::string_view());
}

CheckpointCost CheckpointStore::save(const Checkpoint& checkpoint) const {
  const auto start = std::chrono::steady_clock::now();
  const fs::path hidden = m_folder / (kUnfinished + std::to_string(checkpoint.step));
  const fs::path target = folderOf(checkpoint.step);
  try {
    fs::create_directories(m_folder);
    checkSpace(m_folder, byteCount(checkpoint));
    fs::remove_all(hidden);
    write(checkpoint, hidden);
    removeFolder(target);
    fs::rename(hidden, target);
    syncToDisk(m_folder);
  } catch (const std::exception& failure) {
    removeFolder(hidden);
    const auto* error = dynamic_cast<const Error*>(&failure);
    throw Error(ErrorParts{
        .what = "save checkpoint",
        .where = target.string(),
        .why = error ? error->parts().why : std::string(failure.what()),
        .remedy = "make room on that disk or check its permissions, then resume the run; older checkpoints are "
                  "untouched"});
  }
  prune();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return {.seconds = seconds.count(), .bytes = byteCount(checkpoint)};
}

void CheckpointStore::prune() const {
  const std::vector<uint64_t> all = steps();
  if (all.size() <= kNewestKept) return;
  std::optional<uint64_t> best;
  double bestScore = 0;
  for (const uint64_t step : all)
    if (const auto score = scoreIn(folderOf(step)); score && (!best || *score < bestScore)) {
      best = step;
      bestScore = *score;
    }
  for (size_t i = 0; i + kNewestKept < all.size(); ++i)
    if (all[i] != best) removeFolder(folderOf(all[i]));
}

void CheckpointStore::keepNewest() const {
  std::vector<uint64_t> older = steps();
  if (!older.empty()) older.pop_back();
  for (const uint64_t step : older) removeFolder(folderOf(step));
}

Checkpoint CheckpointStore::load(uint64_t step) const {
  const fs::path folder = folderOf(step);
  verify(folder);
  const Json json = readJsonFile(folder / kState);
  Checkpoint checkpoint{.step = json.at("step").get<uint64_t>(),
                        .tensors = SafetensorsFile(folder / kTensors).readAll(),
                        .state = json.at("state"),
                        .score = {}};
  if (json.at("score").is_number()) checkpoint.score = json.at("score").get<double>();
  if (checkpoint.step != step) refuse(folder, "it belongs to step " + std::to_string(checkpoint.step));
  return checkpoint;
}

std::optional<Checkpoint> CheckpointStore::loadNewest(const std::function<void(const std::string&)>& warn) const {
  std::vector<uint64_t> all = steps();
  for (; !all.empty(); all.pop_back()) {
    try {
      return load(all.back());
    } catch (const std::exception& failure) {
      const auto* error = dynamic_cast<const Error*>(&failure);
      const std::string why = error ? error->parts().where + ": " + error->parts().why : std::string(failure.what());
      warn("checkpoint " + std::to_string(all.back()) + " is damaged (" + why + "); " +
           (all.size() > 1 ? "checkpoint " + std::to_string(all[all.size() - 2]) + " is tried instead"
                           : "there is no earlier one"));
    }
  }
  return {};
}

void CheckpointStore::discardAfter(uint64_t step) const {
  for (const uint64_t newer : steps())
    if (newer > step) removeFolder(folderOf(newer));
  std::error_code failure;
  std::vector<fs::path> leftovers;
  for (fs::directory_iterator entry(m_folder, failure), end; !failure && entry != end; entry.increment(failure))
    if (entry->is_directory() && !fs::exists(entry->path() / kDone)) leftovers.push_back(entry->path());
  for (const fs::path& leftover : leftovers) removeFolder(leftover);
}

}  // namespace corticast
