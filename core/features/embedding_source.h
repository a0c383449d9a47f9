#pragma once
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/features/embed.h"
#include "core/features/picture_set.h"
#include "core/features/reduction.h"

namespace corticast {

/// Where the rows of an embedding come from: a backbone that looks at the pictures, or an array made elsewhere.
class EmbeddingSource {
 public:
  virtual ~EmbeddingSource() = default;
  /// Of one picture's embedding.
  [[nodiscard]] virtual std::vector<size_t> shape() const = 0;
  /// Product of shape().
  [[nodiscard]] size_t featureCount() const;
  /// Pictures that it has rows for; less than all only where an array for the test pictures is not given.
  [[nodiscard]] virtual size_t images() const = 0;
  /// Rows [first, first + count) of the pictures, as [count x product of shape()], asked for in ascending order
  /// without gaps. Advances `progress` by one per picture; throws Cancelled when it asks.
  [[nodiscard]] virtual Matrix<float> rows(size_t first, size_t count, ProgressReporter& progress) = 0;
  /// Values that it holds per picture while it makes its rows: what the size of a batch must be chosen by.
  [[nodiscard]] virtual size_t valuesHeld() const { return featureCount(); }
  /// Pictures among those asked for that could not be decoded; their rows are NaN.
  [[nodiscard]] virtual std::vector<std::string> skipped() const { return {}; }
};

/// What an embedding is made from, before any picture is looked at; all of it goes into its hash.
struct EmbeddingRecipe {
  std::string backbone;
  std::string layer;
  Json parameters;      ///< every parameter, with its value
  std::string weights;  ///< sha256; "" = none
};

/// Throws Error for an unknown backbone, layer or parameter, and for weights that are missing or not wanted.
[[nodiscard]] EmbeddingRecipe recipeOf(const EmbedOptions& options, const std::string& subject);
/// The source for a subject's pictures.
[[nodiscard]] std::unique_ptr<EmbeddingSource> sourceOf(const EmbedOptions& options, const EmbeddingRecipe& recipe,
                                                        const PictureSet& pictures);

/// The same rows, pooled as `form` says (stored_form.h).
[[nodiscard]] std::unique_ptr<EmbeddingSource> pooledSource(std::unique_ptr<EmbeddingSource> source,
                                                            const StoredForm& form);
/// The components of the rows.
[[nodiscard]] std::unique_ptr<EmbeddingSource> projectedSource(std::unique_ptr<EmbeddingSource> source,
                                                               Reduction reduction);
/// Rows of pictures that are in `staged`, and of all others from `rest`, which has just those, in the same order.
[[nodiscard]] std::unique_ptr<EmbeddingSource> stagedSource(Embedding staged, std::unique_ptr<EmbeddingSource> rest,
                                                            std::vector<std::string> pictures);

/// The id of embeddings that were made elsewhere.
inline constexpr const char* kPrecomputed = "precomputed";
/// Rows from the files options.weights and options.testWeights, in which "{subject}" stands for the subject's id:
/// - .npy [images x ...] float16, float32 or float64, in picture name order;
/// - HDF5 (.h5, .hdf5): dataset /embedding, or the only array of numbers of two or more dimensions. With /image
///   (names) rows are found by name, and the training file may hold the test pictures too; without, in name order.
/// Throws Error when a count of rows is not that of the pictures.
[[nodiscard]] std::unique_ptr<EmbeddingSource> precomputedSource(const EmbedOptions& options,
                                                                 const PictureSet& pictures);
/// options.weights or testWeights for one subject.
[[nodiscard]] std::filesystem::path forSubject(const std::filesystem::path& path, const std::string& subject);

}  // namespace corticast
