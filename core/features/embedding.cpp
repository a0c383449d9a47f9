#include "core/features/embedding.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/features/shard_file.h"

namespace corticast {
namespace {

// Rows this close together are read in one go: a gap costs less than another request.
constexpr size_t kGapBytes = 256U << 10U;
constexpr size_t kReadBytes = 32U << 20U;
// Open files are kept, far below the usual limit of 1,024: opening one costs more than reading a picture from it.
constexpr size_t kMostOpen = 256;

struct Wanted {
  size_t row = 0;  ///< of the embedding
  size_t out = 0;  ///< of the result
};

[[noreturn]] void failEmbedding(const EmbeddingInfo& info, const std::string& why, const std::string& remedy) {
  throw Error({.what = "open an embedding", .where = info.path.string(), .why = why, .remedy = remedy});
}

}  // namespace

struct Embedding::Store {
  EmbeddingInfo info;
  std::vector<std::string> names;
  std::unordered_map<std::string, size_t> rowOf;
  std::mutex mutex;              ///< of what follows
  std::vector<bool> isVerified;  ///< per shard
  std::unordered_map<size_t, std::unique_ptr<ShardFile>> open;

  [[nodiscard]] const ShardFile& file(size_t shard);
  void verify(size_t shard);
  void readShard(size_t shard, std::span<const Wanted> rows, MatrixView<float> out);
};

Embedding::Embedding(std::unique_ptr<Store> store) : m_store(std::move(store)) {}
Embedding::~Embedding() = default;
Embedding::Embedding(Embedding&&) noexcept = default;
Embedding& Embedding::operator=(Embedding&&) noexcept = default;

Embedding Embedding::open(const std::filesystem::path& folder) {
  auto store = std::make_unique<Store>();
  store->info = readEmbeddingInfo(folder);
  if (!store->info.isComplete())
    failEmbedding(store->info,
                  "it is unfinished: " + thousands(store->info.finishedRows()) + " of " +
                      thousands(store->info.images()) + " pictures",
                  "run embed again; it goes on where it stopped");
  for (const EmbeddingShard& shard : store->info.shards) {
    const std::vector<std::string> names = ShardFile(store->info, shard).names();
    store->names.insert(store->names.end(), names.begin(), names.end());
  }
  for (size_t row = 0; row < store->names.size(); ++row)
    if (!store->rowOf.emplace(store->names[row], row).second)
      failEmbedding(store->info, "picture " + store->names[row] + " is in it twice",
                    "delete this folder and embed again");
  for (const std::string& skipped : store->info.skipped) store->rowOf.erase(skipped);
  store->isVerified.resize(store->info.shards.size());
  return Embedding(std::move(store));
}

const EmbeddingInfo& Embedding::info() const {
  return m_store->info;
}

const std::vector<std::string>& Embedding::images() const {
  return m_store->names;
}

std::optional<uint32_t> Embedding::rowOf(const std::string& imageFile) const {
  const auto found = m_store->rowOf.find(imageFile);
  if (found == m_store->rowOf.end()) return std::nullopt;
  return static_cast<uint32_t>(found->second);
}

void Embedding::Store::verify(size_t shard) {
  if (isVerified[shard]) return;
  const auto path = info.path / info.shards[shard].file;
  if (sha256OfFile(path) != info.shards[shard].sha256)
    throw Error({.what = "read an embedding",
                 .where = path.string(),
                 .why = "its content is not what was written (sha256 differs from index.json)",
                 .remedy = "delete this embedding's folder and embed again"});
  isVerified[shard] = true;
}

const ShardFile& Embedding::Store::file(size_t shard) {
  verify(shard);
  if (open.size() >= kMostOpen && !open.contains(shard)) open.erase(open.begin());
  std::unique_ptr<ShardFile>& file = open[shard];
  if (!file) file = std::make_unique<ShardFile>(info, info.shards[shard]);
  return *file;
}

void Embedding::Store::readShard(size_t shard, std::span<const Wanted> rows, MatrixView<float> out) {
  const ShardFile& from = file(shard);
  const size_t firstRow = info.shards[shard].firstRow, rowBytes = info.featureCount() * sizeof(float);
  Matrix<float> block;
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin + 1;
    while (end < rows.size() && (rows[end].row - rows[end - 1].row) * rowBytes <= std::max(kGapBytes, rowBytes) &&
           (rows[end].row - rows[begin].row) * rowBytes < kReadBytes)
      ++end;
    const size_t first = rows[begin].row, count = rows[end - 1].row - first + 1;
    if (count == 1) {
      from.read(first - firstRow, out.block(rows[begin].out, 0, 1, out.cols()));
      for (size_t i = begin + 1; i < end; ++i)
        std::ranges::copy(out.row(rows[begin].out), out.row(rows[i].out).begin());
    } else {
      block = Matrix<float>(count, out.cols());
      from.read(first - firstRow, block.view());
      for (size_t i = begin; i < end; ++i)
        std::ranges::copy(block.row(rows[i].row - first), out.row(rows[i].out).begin());
    }
    begin = end;
  }
}

void Embedding::gather(std::span<const uint32_t> rows, MatrixView<float> out) const {
  std::vector<Wanted> wanted(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) wanted[i] = {.row = rows[i], .out = i};
  std::ranges::sort(wanted, {}, &Wanted::row);
  const std::scoped_lock turn(m_store->mutex);
  auto next = wanted.begin();
  for (size_t shard = 0; shard < info().shards.size() && next != wanted.end(); ++shard) {
    const size_t end = info().shards[shard].firstRow + info().shards[shard].rows;
    const auto last = std::find_if(next, wanted.end(), [&](const Wanted& one) { return one.row >= end; });
    if (last != next) m_store->readShard(shard, {next, last}, out);
    next = last;
  }
}

Matrix<float> Embedding::rows(std::span<const std::string> imageFiles) const {
  std::vector<uint32_t> wanted;
  for (const std::string& file : imageFiles) {
    const auto row = rowOf(file);
    if (!row)
      throw Error({.what = "read an embedding",
                   .where = info().path.string(),
                   .why = "picture " + file +
                          (std::ranges::count(info().skipped, file) > 0
                               ? " was skipped when it was made: it could not be decoded"
                               : " is not among its " + thousands(images().size()) + " pictures"),
                   .remedy = "embed the pictures of this study and subject"});
    wanted.push_back(*row);
  }
  Matrix<float> out(wanted.size(), featureCount());
  gather(wanted, out.view());
  return out;
}

}  // namespace corticast
