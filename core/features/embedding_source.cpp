#include "core/features/embedding_source.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/features/backbones.h"
#include "core/features/internal/write_shards.h"
#include "core/features/picture_loader.h"

namespace corticast {
namespace {

// Besides those that the backbone takes at once. Small enough that Ctrl+C is heard within 0.2 s.
constexpr size_t kDecodedAhead = 48;

class PictureSource : public EmbeddingSource {
 public:
  PictureSource(std::unique_ptr<Backbone> backbone, const PictureSet& pictures, const EmbedOptions& options)
      : m_backbone(std::move(backbone)),
        m_names(pictures.names),
        m_paths(pictures.paths),
        m_threads(options.threads),
        m_skipsBroken(options.skipBroken) {}

  [[nodiscard]] std::vector<size_t> shape() const override { return m_backbone->shape(); }
  [[nodiscard]] size_t images() const override { return m_paths.size(); }

  [[nodiscard]] Matrix<float> rows(size_t first, size_t count, ProgressReporter& progress) override {
    if (!m_loader)
      m_loader = std::make_unique<PictureLoader>(std::span(m_paths).subspan(first), m_threads,
                                                 m_backbone->picturesAtOnce() + kDecodedAhead);
    Matrix<float> result;
    for (size_t done = 0; done < count;) {
      progress.checkCancelled();
      const size_t batch = std::min(m_backbone->picturesAtOnce(), count - done);
      if (result.empty()) result = Matrix<float>(count, featureCount());
      embedBatch(first + done, batch, result.view().block(done, 0, batch, result.cols()));
      done += batch;
      progress.advance(batch);
    }
    return result;
  }
  [[nodiscard]] std::vector<std::string> skipped() const override { return m_skipped; }

 private:
  void embedBatch(size_t first, size_t count, MatrixView<float> out) {
    std::vector<Image> images;
    std::vector<size_t> places;
    std::vector<PictureLoader::Decoded> decoded = m_loader->nextDecoded(count);
    for (size_t i = 0; i < count; ++i) {
      if (!decoded[i].failure) {
        images.push_back(std::move(decoded[i].image));
        places.push_back(i);
        continue;
      }
      if (!m_skipsBroken) std::rethrow_exception(decoded[i].failure);
      m_skipped.push_back(m_names[first + i]);
      std::ranges::fill(out.row(i), std::numeric_limits<float>::quiet_NaN());
    }
    if (images.empty()) return;
    const Matrix<float> made = m_backbone->embed(images);
    for (size_t i = 0; i < places.size(); ++i) std::ranges::copy(made.row(i), out.row(places[i]).begin());
  }

  std::unique_ptr<Backbone> m_backbone;
  std::vector<std::string> m_names;
  std::vector<std::filesystem::path> m_paths;
  unsigned m_threads;
  bool m_skipsBroken;
  std::vector<std::string> m_skipped;
  std::unique_ptr<PictureLoader> m_loader;
};

// 128 and 128.0 are the same whole number, and must give the same hash.
Json normalised(const Param& param, const Json& value) {
  if (param.type == ParamType::Integer) return static_cast<int64_t>(value.get<double>());
  if (param.type == ParamType::Real) return value.get<double>();
  if (param.type != ParamType::IntegerList) return value;
  Json list = Json::array();
  for (const Json& entry : value) list.push_back(static_cast<int64_t>(entry.get<double>()));
  return list;
}

Json allParameters(const BackboneInfo& info, const Json& given) {
  validate(info.params, given, "parameters of " + info.id);
  Json all = Json::object();
  for (const Param& param : info.params)
    all[param.id] = normalised(param, given.contains(param.id) ? given.at(param.id) : param.defaultValue);
  return all;
}

[[noreturn]] void failWeights(const std::string& backboneId, const std::filesystem::path& file, const std::string& why,
                              const std::string& remedy) {
  throw Error({.what = "set up backbone " + backboneId,
               .where = file.empty() ? "its weights" : file.string(),
               .why = why,
               .remedy = remedy});
}

EmbeddingRecipe precomputedRecipe(const EmbedOptions& options, const std::string& subject) {
  if (options.weights.empty())
    failWeights(kPrecomputed, {}, "no array is given",
                "give the .npy or HDF5 file [training images x features] with --weights");
  if (!options.parameters.empty()) failWeights(kPrecomputed, {}, "it has no parameters", "leave the parameters out");
  std::string hash = sha256OfFile(forSubject(options.weights, subject));
  if (!options.testWeights.empty()) hash = sha256(hash + " " + sha256OfFile(forSubject(options.testWeights, subject)));
  return {.backbone = kPrecomputed,
          .layer = options.layer.empty() ? "features" : options.layer,
          .parameters = Json::object(),
          .weights = hash};
}

void requireFileName(const std::string& layer) {
  const bool isPlain = !layer.empty() && !layer.starts_with('.') && std::ranges::all_of(layer, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
  if (!isPlain)
    throw Error({.what = "name a layer",
                 .where = layer,
                 .why = "it cannot be part of a folder's name",
                 .remedy = "use letters, digits, '.', '_' and '-'"});
}

}  // namespace

size_t EmbeddingSource::featureCount() const {
  const auto extents = shape();
  return std::accumulate(extents.begin(), extents.end(), size_t{1}, std::multiplies<>());
}

EmbeddingRecipe recipeOf(const EmbedOptions& options, const std::string& subject) {
  if (!options.layer.empty()) requireFileName(options.layer);
  if (options.backbone == kPrecomputed) return precomputedRecipe(options, subject);
  const BackboneInfo& info = backbone(options.backbone);
  if (!options.testWeights.empty())
    failWeights(info.id, options.testWeights, "only precomputed embeddings have an array for the test pictures",
                "leave it out");
  if (info.weights.empty() && !options.weights.empty())
    failWeights(info.id, options.weights, "this backbone takes no weights", "leave --weights out");
  if (!info.weights.empty() && options.weights.empty())
    failWeights(info.id, {}, "no weights are given", "give " + info.weights + " with --weights");
  return {.backbone = info.id,
          .layer = info.layer(options.layer).id,
          .parameters = allParameters(info, options.parameters),
          .weights = options.weights.empty() ? "" : sha256OfFile(options.weights)};
}

std::unique_ptr<EmbeddingSource> featuresOf(const EmbedOptions& options, const EmbeddingRecipe& recipe,
                                            const PictureSet& pictures) {
  return pooledSource(sourceOf(options, recipe, pictures), options.form);
}

std::unique_ptr<EmbeddingSource> sourceOf(const EmbedOptions& options, const EmbeddingRecipe& recipe,
                                          const PictureSet& pictures) {
  if (options.backbone == kPrecomputed) return precomputedSource(options, pictures);
  const BackboneSetup setup{.layer = recipe.layer,
                            .parameters = recipe.parameters,
                            .weights = options.weights,
                            .threads = options.threads,
                            .device = embedDevice(options)};
  return std::make_unique<PictureSource>(backbone(recipe.backbone).make(setup), pictures, options);
}

std::filesystem::path forSubject(const std::filesystem::path& path, const std::string& subject) {
  static const std::string kMark = "{subject}";
  std::string text = path.string();
  for (size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + subject.size()))
    text.replace(at, kMark.size(), subject);
  return text;
}

}  // namespace corticast
