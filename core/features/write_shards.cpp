#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/features/internal/write_shards.h"
#include "core/features/shard_file.h"
#include "core/formats/half.h"

namespace corticast {
namespace {

constexpr size_t kShardBytes = 256U << 20U;
constexpr size_t kBatchBytes = 64U << 20U;
constexpr size_t kMostInBatch = 512;

// A kill can leave temporary files of the shard that was being written.
void removeLeftovers(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().filename().string().find(".tmp-") != std::string::npos)
      std::filesystem::remove(entry.path(), ignored);
}

void requireStorable(const EmbeddingInfo& info, std::span<const std::string> names, const Matrix<float>& values,
                     const std::vector<std::string>& skipped) {
  const float most = info.form.dtype == "float16" ? kLargestHalf : std::numeric_limits<float>::max();
  const std::unordered_set<std::string> left(skipped.begin(), skipped.end());
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < values.cols(); ++c) {
      if (std::abs(values(r, c)) <= most || left.contains(names[r])) continue;
      const bool isFinite = std::isfinite(values(r, c));
      throw Error({.what = "embed pictures of " + info.subject + " with " + info.backbone,
                   .where = names[r],
                   .why = "feature " + thousands(c) + " of this picture is " +
                          (isFinite ? shortest(static_cast<double>(values(r, c))) + ", beyond the range of float16"
                                    : "not a finite number"),
                   .remedy = isFinite ? "store float32 instead" : "repair the weights or the precomputed array"});
    }
}

// Devices that took turns, `before` named in `now` already or not.
std::string joined(const std::string& before, const std::string& now) {
  if (before.empty() || now.starts_with(before + "; ")) return now;
  return before == now || before.ends_with("; " + now) ? before : before + "; " + now;
}

std::string shardName(size_t index) {
  const std::string digits = std::to_string(index);
  return "shard-" + std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits + ".h5";
}

}  // namespace

bool takeUp(EmbeddingInfo& info, bool skipsBroken) {
  if (!std::filesystem::exists(info.path / "index.json")) return false;
  const EmbeddingInfo found = readEmbeddingInfo(info.path);
  if (found.hash != info.hash)
    throw Error({.what = "take up an embedding",
                 .where = info.path.string(),
                 .why = "another embedding lies in this folder",
                 .remedy = "move the folder away and embed again"});
  if (!found.skipped.empty() && !skipsBroken)
    throw Error({.what = "use the embedding made earlier",
                 .where = info.path.string(),
                 .why = "it lacks " + thousands(found.skipped.size()) +
                        " pictures that could not be decoded, the first " + found.skipped.front(),
                 .remedy = "restore these pictures from the data set, or allow broken pictures to be skipped "
                           "(--skip-broken)"});
  info.shape = found.shape;
  info.testImages = found.testImages;
  info.shards = found.shards;
  info.skipped = found.skipped;
  info.device = found.isComplete() ? found.device : joined(found.device, info.device);
  return found.isComplete();
}

void writeShards(EmbeddingInfo& info, const PictureSet& pictures, EmbeddingSource& source, size_t mostRows,
                 ProgressReporter& progress) {
  removeLeftovers(info.path);
  info.shape = source.shape();
  const size_t shardRows = std::clamp<size_t>(kShardBytes / (info.featureCount() * info.form.valueBytes()), 1,
                                              std::max<size_t>(1, mostRows));
  const size_t batchRows = std::clamp<size_t>(kBatchBytes / (source.valuesHeld() * sizeof(float)), 1, kMostInBatch);
  while (info.finishedRows() < info.images()) {
    const size_t first = info.finishedRows(), count = std::min(shardRows, info.images() - first);
    const std::span names = std::span(pictures.names).subspan(first, count);
    EmbeddingShard shard{
        .file = shardName(info.shards.size()), .firstRow = first, .rows = count, .sha256 = std::string()};
    size_t done = 0;
    std::vector<std::string> skipped;
    writeShard(info.path / shard.file, info, first, names, [&] {
      const size_t batch = std::min(batchRows, count - done);
      Matrix<float> values = source.rows(first + done, batch, progress);
      skipped = source.skipped();
      requireStorable(info, names.subspan(done, batch), values, skipped);
      done += batch;
      return values;
    });
    shard.sha256 = sha256OfFile(info.path / shard.file);
    info.shards.push_back(std::move(shard));
    for (const std::string& each : skipped)
      if (std::ranges::find(info.skipped, each) == info.skipped.end()) info.skipped.push_back(each);
    writeEmbeddingInfo(info);
  }
}

}  // namespace corticast
