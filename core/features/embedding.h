#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/matrix.h"
#include "core/data/split.h"
#include "core/features/stored_form.h"

namespace corticast {

/// One HDF5 file of an embedding: consecutive pictures.
struct EmbeddingShard {
  std::string file;  ///< name inside the embedding's folder
  size_t firstRow = 0;
  size_t rows = 0;
  std::string sha256;  ///< of the whole file
};

/// What `index.json` of an embedding says. Pictures are in name order, training pictures first.
struct EmbeddingInfo {
  std::filesystem::path path;
  std::string backbone;
  std::string layer;
  Json parameters;          ///< of the backbone, all of them
  std::string subject;      ///< id of the subject whose pictures these are
  std::string hash;         ///< sha256 over backbone, layer, parameters, weights and pictures
  std::string weights;      ///< sha256 of the weights (or of a precomputed array); "" where there are none
  std::string pictures;     ///< sha256 over every picture's name and content
  std::string listing;      ///< sha256 over every picture's name and size in bytes
  std::string weightsFile;  ///< where the weights lay; "" where there are none
  StoredForm form;
  SplitConfig pcaSplit;  ///< on whose training side the components were fitted; counts only with form.pca
  /// What computed it: "cpu", "cuda:0, NVIDIA H100", all of them where it was taken up on another. "" where that is not
  /// known: made elsewhere, or by a version that did not say.
  std::string device;
  std::vector<size_t> shape;  ///< of one picture's embedding, as stored
  size_t trainingImages = 0;
  size_t testImages = 0;
  std::vector<EmbeddingShard> shards;
  std::vector<std::string> skipped;  ///< pictures that could not be decoded; their rows are NaN

  [[nodiscard]] size_t images() const { return trainingImages + testImages; }
  [[nodiscard]] size_t featureCount() const;  ///< product of `shape`
  [[nodiscard]] size_t finishedRows() const;  ///< in the shards there are
  [[nodiscard]] uint64_t finishedBytes() const { return finishedRows() * featureCount() * form.valueBytes(); }
  [[nodiscard]] bool isComplete() const { return finishedRows() == images(); }
};

/// Reads index.json of a folder, finished or not. Throws Error when it is missing or malformed.
[[nodiscard]] EmbeddingInfo readEmbeddingInfo(const std::filesystem::path& folder);
void writeEmbeddingInfo(const EmbeddingInfo& info);

/// A finished embedding of one subject's training and test pictures, as `embed` left it in a workspace:
///
///     workspace/embeddings/<backbone>-<layer>-<hash>/
///       index.json         the fields of EmbeddingInfo
///       shard-00000.h5     /embedding [rows x ...shape] float32 or float16, /image [rows] file names (UTF-8);
///                          attributes backbone, layer, subject, hash, weights, pictures, first_row
///       reduction.safetensors  the components that were taken (form.pca), to take them of other pictures too
///
///     const Embedding embedding = Embedding::open(folder);
///     Matrix<float> x = embedding.rows(names);     // [images x features]
///
/// Values are read from disk when asked for, a picture of 64 KB or more in one piece; the first time a shard is read
/// its sha256 is checked. May be used from several threads; they take turns.
class Embedding {
 public:
  /// Throws Error when the embedding is unfinished or its shards and index disagree.
  [[nodiscard]] static Embedding open(const std::filesystem::path& folder);
  ~Embedding();
  Embedding(Embedding&&) noexcept;
  Embedding& operator=(Embedding&&) noexcept;

  [[nodiscard]] const EmbeddingInfo& info() const;
  /// Values per picture (the product of the shape).
  [[nodiscard]] size_t featureCount() const { return info().featureCount(); }
  /// File names in row order.
  [[nodiscard]] const std::vector<std::string>& images() const;
  [[nodiscard]] bool contains(const std::string& imageFile) const { return rowOf(imageFile).has_value(); }
  /// Row of a picture; nothing when it is not among them or was skipped as broken.
  [[nodiscard]] std::optional<uint32_t> rowOf(const std::string& imageFile) const;

  /// The embeddings of these pictures, in this order, repeats allowed: [imageFiles x featureCount()]. Throws Error
  /// naming a picture that is not in it, and when a shard is not the file that was written.
  [[nodiscard]] Matrix<float> rows(std::span<const std::string> imageFiles) const;
  /// The same by row number into `out` [rows.size() x featureCount()].
  void gather(std::span<const uint32_t> rows, MatrixView<float> out) const;

 private:
  struct Store;
  explicit Embedding(std::unique_ptr<Store> store);
  std::unique_ptr<Store> m_store;
};

}  // namespace corticast
