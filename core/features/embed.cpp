#include "core/features/embed.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/embedding_source.h"
#include "core/features/folder_lock.h"
#include "core/features/picture_set.h"
#include "core/features/shard_file.h"

namespace corticast {
namespace {

constexpr size_t kShardBytes = 256U << 20U;
constexpr size_t kHashDigitsInName = 12;

EmbeddingInfo plannedInfo(const std::filesystem::path& workspace, const EmbeddingRecipe& recipe,
                          const PictureSet& pictures, std::string contents) {
  EmbeddingInfo info{.path = {},
                     .backbone = recipe.backbone,
                     .layer = recipe.layer,
                     .parameters = recipe.parameters,
                     .subject = pictures.subject,
                     .hash = {},
                     .weights = recipe.weights,
                     .pictures = std::move(contents),
                     .listing = listingHash(pictures),
                     .shape = {},
                     .trainingImages = pictures.training,
                     .testImages = pictures.test(),
                     .shards = {}};
  const Json content = {"corticast embedding 1", info.backbone,       info.layer,  info.parameters, info.weights,
                        info.pictures,           info.trainingImages, info.subject};
  info.hash = sha256(content.dump());
  info.path =
      workspace / "embeddings" / (info.backbone + "-" + info.layer + "-" + info.hash.substr(0, kHashDigitsInName));
  return info;
}

// A kill can leave temporary files of the shard that was being written.
void removeLeftovers(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().filename().string().find(".tmp-") != std::string::npos)
      std::filesystem::remove(entry.path(), ignored);
}

void requireFinite(const EmbeddingInfo& info, std::span<const std::string> names, const Matrix<float>& values) {
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < values.cols(); ++c)
      if (!std::isfinite(values(r, c)))
        throw Error({.what = "embed pictures of " + info.subject + " with " + info.backbone,
                     .where = names[r],
                     .why = "feature " + thousands(c) + " of this picture is not a finite number",
                     .remedy = "repair the weights or the precomputed array"});
}

std::string shardName(size_t index) {
  const std::string digits = std::to_string(index);
  return "shard-" + std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits + ".h5";
}

void writeShards(EmbeddingInfo& info, const PictureSet& pictures, EmbeddingSource& source, size_t mostRows,
                 ProgressReporter& progress) {
  const size_t rowBytes = info.featureCount() * sizeof(float);
  const size_t shardRows = std::clamp<size_t>(kShardBytes / rowBytes, 1, std::max<size_t>(1, mostRows));
  progress.begin("embed pictures of " + info.subject, info.images() - info.finishedRows(), "pictures");
  for (size_t first = info.finishedRows(); first < info.images(); first = info.finishedRows()) {
    const size_t count = std::min(shardRows, info.images() - first);
    const std::span names = std::span(pictures.names).subspan(first, count);
    const Matrix<float> values = source.rows(first, count, progress);
    requireFinite(info, names, values);
    EmbeddingShard shard{
        .file = shardName(info.shards.size()), .firstRow = first, .rows = count, .sha256 = std::string()};
    writeShard(info.path / shard.file, info, first, names, values.view());
    shard.sha256 = sha256OfFile(info.path / shard.file);
    info.shards.push_back(std::move(shard));
    writeEmbeddingInfo(info);
  }
}

// Takes over the shards that an earlier extraction finished; true when it finished all.
bool isFinished(EmbeddingInfo& info) {
  if (!std::filesystem::exists(info.path / "index.json")) return false;
  const EmbeddingInfo found = readEmbeddingInfo(info.path);
  if (found.hash != info.hash)
    throw Error({.what = "take up an embedding",
                 .where = info.path.string(),
                 .why = "another embedding lies in this folder",
                 .remedy = "move the folder away and embed again"});
  info.shards = found.shards;
  return found.isComplete();
}

Embedding embedSubject(const Subject& subject, const EmbedOptions& options, ProgressReporter& progress) {
  const PictureSet pictures = picturesOf(subject);
  const EmbeddingRecipe recipe = recipeOf(options, subject.id);
  EmbeddingInfo info =
      plannedInfo(options.workspace, recipe, pictures, contentHash(pictures, options.threads, progress));
  std::error_code failure;
  std::filesystem::create_directories(info.path, failure);
  if (failure)
    throw Error({.what = "make the folder of an embedding",
                 .where = info.path.string(),
                 .why = failure.message(),
                 .remedy = "check that the workspace can be written"});
  if (isFinished(info)) return Embedding::open(info.path);

  const FolderLock lock(info.path, progress);
  if (isFinished(info)) return Embedding::open(info.path);
  removeLeftovers(info.path);
  const std::unique_ptr<EmbeddingSource> source = sourceOf(options, recipe, pictures);
  info.shape = source->shape();
  info.testImages = source->images() - info.trainingImages;
  writeShards(info, pictures, *source, options.shardImages, progress);
  return Embedding::open(info.path);
}

void requireOneArrayPerSubject(const EmbedOptions& options, size_t subjects) {
  if (options.backbone != kPrecomputed || subjects < 2 || forSubject(options.weights, "") != options.weights.string())
    return;
  throw Error({.what = "embed " + std::to_string(subjects) + " subjects with a precomputed array",
               .where = options.weights.string(),
               .why = "each subject saw other pictures and needs its own array",
               .remedy = "choose one subject, or write {subject} in the file's name where the subject's id stands"});
}

}  // namespace

std::vector<Embedding> embedStudy(const Study& study, const EmbedOptions& options, ProgressReporter& progress) {
  std::vector<const Subject*> subjects;
  for (const std::string& id : options.subjects) subjects.push_back(&study.subject(id));
  if (subjects.empty())
    for (const Subject& subject : study.subjects) subjects.push_back(&subject);
  requireOneArrayPerSubject(options, subjects.size());
  std::vector<Embedding> embeddings;
  for (const Subject* subject : subjects) embeddings.push_back(embedSubject(*subject, options, progress));
  return embeddings;
}

}  // namespace corticast
