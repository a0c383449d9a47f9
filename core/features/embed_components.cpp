#include <algorithm>
#include <numeric>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/internal/write_shards.h"
#include "core/features/pca.h"
#include "core/formats/safetensors.h"

namespace corticast {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1500} << 20U;  // while components are fitted
constexpr size_t kMostReadings = 17;                    // of every row: moments, and twice in each of 8 rounds

PictureSet subset(const PictureSet& pictures, const std::vector<uint32_t>& rows, size_t training) {
  PictureSet part{.subject = pictures.subject, .names = {}, .paths = {}, .training = training};
  for (const uint32_t row : rows) {
    part.names.push_back(pictures.names[row]);
    part.paths.push_back(pictures.paths[row]);
  }
  return part;
}

// Rows among the training pictures, ascending.
std::vector<uint32_t> fittedRows(const Subject& subject, const EmbedOptions& options) {
  std::vector<uint32_t> rows = makeSplit(options.pcaSplit, subject.trainingImages).train;
  std::ranges::sort(rows);
  const auto wanted = static_cast<size_t>(options.form.pcaPictures);
  if (wanted == 0 || wanted >= rows.size()) return rows;
  const std::vector<uint32_t> drawn = Philox(20231).permutation(rows.size());
  std::vector<uint32_t> chosen;
  for (size_t i = 0; i < wanted; ++i) chosen.push_back(rows[drawn[i]]);
  std::ranges::sort(chosen);
  return chosen;
}

std::vector<uint32_t> others(const std::vector<uint32_t>& rows, size_t count) {
  std::vector<uint32_t> all(count), rest;
  std::iota(all.begin(), all.end(), 0U);
  std::ranges::set_difference(all, rows, std::back_inserter(rest));
  return rest;
}

void requireFits(size_t components, size_t pictures, size_t features) {
  requireComponents(components, pictures, features);
  const uint64_t perComponent = features * 2 * sizeof(float), needed = (components + 16) * perComponent;
  if (needed <= kMostBytes) return;
  throw Error(
      {.what = "fit principal components",
       .where = thousands(features) + " features",
       .why = thousands(components) + " components would need " + byteSize(needed) + " of memory",
       .remedy = "take " + thousands(kMostBytes / perComponent - 16) + " components or fewer, or pool the maps"});
}

Reduction fitOrRead(const EmbeddingInfo& info, const RowReader& rows, ProgressReporter& progress) {
  const auto file = info.path / "reduction.safetensors";
  if (std::filesystem::exists(file)) return Reduction::fromTensors(SafetensorsFile(file).readAll());
  progress.begin("fit components of " + info.subject, rows.rows * kMostReadings, "readings");
  const Reduction reduction = Reduction::fit({rows.rows, rows.cols,
                                              [&](size_t first, MatrixView<float> out) {
                                                rows.read(first, out);
                                                progress.advance(out.rows());
                                              }},
                                             {.standardise = false, .pca = info.form.pca}, progress.stopToken());
  writeSafetensors(file, reduction.tensors());
  return reduction;
}

// A precomputed array can be read again at will, so nothing is staged.
std::unique_ptr<EmbeddingSource> componentsOfArray(const EmbeddingInfo& info, const std::vector<uint32_t>& fitted,
                                                   std::unique_ptr<EmbeddingSource> source,
                                                   ProgressReporter& progress) {
  ProgressReporter silent({}, progress.stopToken());
  const size_t features = source->featureCount();
  requireFits(static_cast<size_t>(info.form.pca), fitted.size(), features);
  const auto read = [&](size_t first, MatrixView<float> out) {
    for (size_t r = 0; r < out.rows(); ++r) {
      const Matrix<float> row = source->rows(fitted[first + r], 1, silent);
      std::ranges::copy(row.row(0), out.row(r).begin());
    }
  };
  Reduction reduction = fitOrRead(info, {fitted.size(), features, read}, progress);
  return projectedSource(std::move(source), std::move(reduction));
}

EmbeddingInfo stagingInfo(const EmbeddingInfo& info, const PictureSet& pictures) {
  EmbeddingInfo staging = info;
  staging.path = info.path / kStaging;
  staging.hash = sha256(info.hash + " " + kStaging);
  staging.form.pca = 0;
  staging.trainingImages = pictures.names.size();
  staging.testImages = 0;
  staging.shards.clear();
  staging.skipped.clear();
  std::filesystem::create_directories(staging.path);
  return staging;
}

}  // namespace

std::unique_ptr<EmbeddingSource> componentsOf(const EmbeddingInfo& info, const Subject& subject,
                                              const EmbedOptions& options, const EmbeddingRecipe& recipe,
                                              const PictureSet& pictures, ProgressReporter& progress) {
  const std::vector<uint32_t> fitted = fittedRows(subject, options);
  if (options.backbone == kPrecomputed)
    return componentsOfArray(info, fitted, featuresOf(options, recipe, pictures), progress);

  const PictureSet stagedPictures = subset(pictures, fitted, fitted.size());
  EmbeddingInfo staging = stagingInfo(info, stagedPictures);
  if (!takeUp(staging, options.skipBroken)) {
    const auto source = featuresOf(options, recipe, stagedPictures);
    requireFits(static_cast<size_t>(info.form.pca), fitted.size(), source->featureCount());
    progress.begin("embed pictures of " + info.subject + " to fit components on",
                   staging.images() - staging.finishedRows(), "pictures");
    writeShards(staging, stagedPictures, *source, options.shardImages, progress);
  }
  Embedding staged = Embedding::open(staging.path);
  std::vector<uint32_t> usable;
  for (const std::string& each : staged.images())
    if (const auto row = staged.rowOf(each)) usable.push_back(*row);
  const auto read = [&](size_t first, MatrixView<float> out) {
    staged.gather(std::span(usable).subspan(first, out.rows()), out);
  };
  requireFits(static_cast<size_t>(info.form.pca), usable.size(), staged.featureCount());
  Reduction reduction = fitOrRead(info, {usable.size(), staged.featureCount(), read}, progress);
  const std::vector<uint32_t> rest = others(fitted, pictures.names.size());
  return projectedSource(
      stagedSource(std::move(staged), featuresOf(options, recipe, subset(pictures, rest, 0)), pictures.names),
      std::move(reduction));
}

}  // namespace corticast
