#include "core/features/embed.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embedding_source.h"
#include "core/features/folder_lock.h"
#include "core/features/internal/write_shards.h"
#include "core/features/picture_set.h"

namespace corticast {
namespace {

constexpr size_t kHashDigitsInName = 12;

// A form that is not the plain one came later; the plain one keeps the hash it always had.
Json contentOf(const EmbeddingInfo& info) {
  Json content = {"corticast embedding 1", info.backbone,       info.layer,  info.parameters, info.weights,
                  info.pictures,           info.trainingImages, info.subject};
  if (info.form == StoredForm()) return content;
  content.push_back(StoredForm::fields().toJson(info.form));
  if (info.form.pca > 0) content.push_back(SplitConfig::fields().toJson(info.pcaSplit));
  return content;
}

EmbeddingInfo plannedInfo(const EmbedOptions& options, const EmbeddingRecipe& recipe, const PictureSet& pictures,
                          std::string contents) {
  EmbeddingInfo info{.path = {},
                     .backbone = recipe.backbone,
                     .layer = recipe.layer,
                     .parameters = recipe.parameters,
                     .subject = pictures.subject,
                     .hash = {},
                     .weights = recipe.weights,
                     .pictures = std::move(contents),
                     .listing = listingHash(pictures),
                     .weightsFile = options.weights.empty() ? "" : std::filesystem::absolute(options.weights).string(),
                     .form = StoredForm::fields().fromJson(StoredForm::fields().toJson(options.form), "stored form"),
                     .pcaSplit = options.pcaSplit,
                     .device = options.backbone == kPrecomputed ? "" : fullName(embedDevice(options)),
                     .shape = {},
                     .trainingImages = pictures.training,
                     .testImages = pictures.test(),
                     .shards = {},
                     .skipped = {}};
  info.hash = sha256(contentOf(info).dump());
  info.path = options.workspace / "embeddings" /
              (info.backbone + "-" + info.layer + "-" + info.hash.substr(0, kHashDigitsInName));
  return info;
}

void makeFolder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    throw Error({.what = "make the folder of an embedding",
                 .where = folder.string(),
                 .why = failure.message(),
                 .remedy = "check that the workspace can be written"});
}

Embedding embedSubject(const Subject& subject, const EmbedOptions& options, ProgressReporter& progress) {
  const PictureSet pictures = picturesOf(subject);
  const EmbeddingRecipe recipe = recipeOf(options, subject.id);
  EmbeddingInfo info = plannedInfo(options, recipe, pictures, contentHash(pictures, options.threads, progress));
  makeFolder(info.path);
  if (takeUp(info, options.skipBroken)) return Embedding::open(info.path);

  const FolderLock lock(info.path, progress);
  if (takeUp(info, options.skipBroken)) return Embedding::open(info.path);
  const std::unique_ptr<EmbeddingSource> source = info.form.pca > 0
                                                      ? componentsOf(info, subject, options, recipe, pictures, progress)
                                                      : featuresOf(options, recipe, pictures);
  info.testImages = source->images() - info.trainingImages;
  progress.begin("embed pictures of " + info.subject, info.images() - info.finishedRows(), "pictures");
  writeShards(info, pictures, *source, options.shardImages, progress);
  std::error_code ignored;
  std::filesystem::remove_all(info.path / kStaging, ignored);
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

EmbedTrial tryEmbedding(const Subject& subject, const EmbedOptions& options, ProgressReporter& progress) {
  // A device loads its kernels while it computes the first pictures, and is only then at its speed.
  const bool isCuda = embedDevice(options).kind == DeviceKind::Cuda;
  const size_t tried = isCuda ? 40 : 9;
  const PictureSet all = picturesOf(subject);
  const bool isArray = options.backbone == kPrecomputed;
  PictureSet few = all;
  if (!isArray) {
    const size_t count = std::min(tried, all.names.size());
    few.names.resize(count);
    few.paths.resize(count);
    few.training = std::min(count, few.training);
  }
  EmbedTrial trial;
  const auto source = sourceOf(options, recipeOf(options, subject.id), few);
  trial.shape = source->shape();
  trial.pictures = all.names.size();
  const size_t fitted = options.form.pca > 0 ? makeSplit(options.pcaSplit, subject.trainingImages).train.size() : 0;
  trial.bytes = storedBytes(trial.shape, all.names.size(), fitted, !isArray, options.form);
  const size_t count = std::min(few.names.size(), tried);
  const size_t first = std::min<size_t>(isCuda ? 8 : 1, (count + 1) / 2), timed = count - first;
  (void)source->rows(0, first, progress);
  if (timed == 0) return trial;
  const auto started = std::chrono::steady_clock::now();
  (void)source->rows(first, timed, progress);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  trial.secondsPerPicture = elapsed.count() / static_cast<double>(timed);
  return trial;
}

Device embedDevice(const EmbedOptions& options) {
  const bool isFree = options.backbone != kPrecomputed && backbone(options.backbone).usesDevices;
  // Even where it is not used, what is asked for must be there.
  if (isFree || options.device != "auto") {
    const Device asked = chooseDevice(options.device);
    if (isFree || asked.kind == DeviceKind::Cpu) return asked;
  }
  return {DeviceKind::Cpu, 0, "cpu (" + options.backbone + " is computed on it)"};
}

std::vector<Embedding> embedStudy(const Study& study, const EmbedOptions& request, ProgressReporter& progress) {
  EmbedOptions options = request;
  options.device = embedDevice(request).id();
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
