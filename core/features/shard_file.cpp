#include "core/features/shard_file.h"

#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/formats/hdf5_file.h"

namespace corticast {
namespace {

// Rows come in any order; a chunk is what one request reads at least.
constexpr size_t kChunkBytes = 256U << 10U;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw Error({.what = "read a shard of an embedding",
               .where = path.string(),
               .why = why,
               .remedy = "delete this embedding's folder and embed again"});
}

void requireText(const Hdf5File& file, const std::string& key, const std::string& wanted) {
  const std::string found = file.textAttribute("/", key).value_or("");
  if (found != wanted) fail(file.path(), "its " + key + " is \"" + found + "\", index.json says \"" + wanted + "\"");
}

}  // namespace

void writeShard(const std::filesystem::path& path, const EmbeddingInfo& info, size_t firstRow,
                std::span<const std::string> names, const NextRows& next) {
  const size_t chunkRows =
      std::clamp<size_t>(kChunkBytes / (info.featureCount() * info.form.valueBytes()), 1, names.size());
  const Hdf5Type type = info.form.dtype == "float16" ? Hdf5Type::Float16 : Hdf5Type::Float32;
  writeFileAtomically(path, [&](const std::filesystem::path& temporary) {
    Hdf5File file = Hdf5File::create(temporary);
    Hdf5RowWriter rows = file.appendableRows("/embedding", {info.shape.begin(), info.shape.end()}, chunkRows, type);
    while (rows.rows() < names.size()) rows.append(next().view());
    rows.finish();
    file.writeTexts("/image", names);
    file.setAttribute("/", "backbone", info.backbone);
    file.setAttribute("/", "layer", info.layer);
    file.setAttribute("/", "subject", info.subject);
    file.setAttribute("/", "hash", info.hash);
    file.setAttribute("/", "weights", info.weights);
    file.setAttribute("/", "pictures", info.pictures);
    file.setAttribute("/", "first_row", static_cast<int64_t>(firstRow));
    file.close();
  });
}

struct ShardFile::State {
  Hdf5File file;
};

ShardFile::ShardFile(const EmbeddingInfo& info, const EmbeddingShard& shard)
    : m_state(std::make_unique<State>(State{Hdf5File::open(info.path / shard.file)})) {
  const Hdf5File& file = m_state->file;
  requireText(file, "hash", info.hash);
  requireText(file, "subject", info.subject);
  if (file.intAttribute("/", "first_row").value_or(-1) != static_cast<int64_t>(shard.firstRow))
    fail(file.path(), "it does not begin with picture " + std::to_string(shard.firstRow) + ", as index.json says");
  std::vector<uint64_t> wanted = {shard.rows};
  wanted.insert(wanted.end(), info.shape.begin(), info.shape.end());
  if (!file.has("/embedding") || file.info("/embedding").shape != wanted)
    fail(file.path(), "the shape of /embedding is another than index.json says");
}

ShardFile::~ShardFile() = default;

std::vector<std::string> ShardFile::names() const {
  std::vector<std::string> names = m_state->file.readTexts("/image");
  if (names.size() != m_state->file.info("/embedding").shape.front())
    fail(m_state->file.path(), "/image has another number of names than /embedding rows");
  return names;
}

void ShardFile::read(size_t first, MatrixView<float> out) const {
  m_state->file.readRows("/embedding", first, out);
}

}  // namespace corticast
