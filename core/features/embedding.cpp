#include "core/features/embedding.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/features/shard_file.h"

namespace corticast {
namespace {

// Rows this close together are read in one go: a gap costs less than another request.
constexpr size_t kGapRows = 4;
constexpr size_t kReadBytes = 32U << 20U;

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
  std::vector<bool> isVerified;  ///< per shard

  [[nodiscard]] std::vector<Wanted> wanted(std::span<const std::string> imageFiles) const;
  void verify(size_t shard);
  void readShard(size_t shard, std::span<const Wanted> rows, Matrix<float>& out);
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
  store->isVerified.resize(store->info.shards.size());
  return Embedding(std::move(store));
}

const EmbeddingInfo& Embedding::info() const {
  return m_store->info;
}

const std::vector<std::string>& Embedding::images() const {
  return m_store->names;
}

bool Embedding::contains(const std::string& imageFile) const {
  return m_store->rowOf.contains(imageFile);
}

std::vector<Wanted> Embedding::Store::wanted(std::span<const std::string> imageFiles) const {
  std::vector<Wanted> result;
  result.reserve(imageFiles.size());
  for (size_t i = 0; i < imageFiles.size(); ++i) {
    const auto found = rowOf.find(imageFiles[i]);
    if (found == rowOf.end())
      throw Error({.what = "read an embedding",
                   .where = info.path.string(),
                   .why = "picture " + imageFiles[i] + " is not among its " + thousands(names.size()) + " pictures",
                   .remedy = "embed the pictures of this study and subject"});
    result.push_back({.row = found->second, .out = i});
  }
  std::ranges::sort(result, {}, &Wanted::row);
  return result;
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

void Embedding::Store::readShard(size_t shard, std::span<const Wanted> rows, Matrix<float>& out) {
  verify(shard);
  const ShardFile file(info, info.shards[shard]);
  const size_t features = info.featureCount();
  const size_t most = std::max<size_t>(1, kReadBytes / (features * sizeof(float)));
  std::vector<float> block;
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin + 1;
    while (end < rows.size() && rows[end].row - rows[end - 1].row <= kGapRows && rows[end].row - rows[begin].row < most)
      ++end;
    const size_t first = rows[begin].row;
    const size_t count = rows[end - 1].row - first + 1;
    block.resize(count * features);
    file.read(first - info.shards[shard].firstRow, count, block);
    for (; begin < end; ++begin)
      std::copy_n(block.begin() + static_cast<std::ptrdiff_t>((rows[begin].row - first) * features), features,
                  out.row(rows[begin].out).begin());
  }
}

Matrix<float> Embedding::rows(std::span<const std::string> imageFiles) const {
  const std::vector<Wanted> wanted = m_store->wanted(imageFiles);
  Matrix<float> out(imageFiles.size(), featureCount());
  auto next = wanted.begin();
  for (size_t shard = 0; shard < info().shards.size() && next != wanted.end(); ++shard) {
    const size_t end = info().shards[shard].firstRow + info().shards[shard].rows;
    const auto last = std::find_if(next, wanted.end(), [&](const Wanted& one) { return one.row >= end; });
    if (last != next) m_store->readShard(shard, {next, last}, out);
    next = last;
  }
  return out;
}

}  // namespace corticast
