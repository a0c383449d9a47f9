#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/base/params.h"

namespace corticast {

/// What of a backbone's output is stored, and how; all of it goes into an embedding's hash. First maps are pooled,
/// then the components are taken, then numbers are rounded.
struct StoredForm {
  std::string dtype = "float32";  ///< "float16", "float32"
  std::string pool = "none";      ///< "none", "mean", "max"
  int grid = 1;                   ///< pooled maps are grid x grid
  int pca = 0;                    ///< principal components stored instead of the features; 0 = the features
  int pcaPictures = 0;            ///< training pictures that they are fitted on; 0 = all of the split's training side

  [[nodiscard]] static Fields<StoredForm> fields();
  /// A few words for a list: "mean 4 x 4, 100 components, float16"; "" for the plain form.
  [[nodiscard]] std::string label() const;
  [[nodiscard]] size_t valueBytes() const { return dtype == "float16" ? 2 : 4; }
  bool operator==(const StoredForm&) const = default;
};

/// The shape of what pooling leaves of `shape`. Throws Error when there is something to pool and it is not maps
/// [channels x height x width] at least as large as the grid.
[[nodiscard]] std::vector<size_t> pooledShape(const std::vector<size_t>& shape, const StoredForm& form);
/// Pools every row's maps [channels x height x width] to [channels x grid x grid]: cell i covers the rows
/// floor(i h / grid) .. ceil((i + 1) h / grid) - 1, as torch's adaptive_avg_pool2d and adaptive_max_pool2d.
[[nodiscard]] Matrix<float> pooled(MatrixView<const float> rows, const std::vector<size_t>& shape,
                                   const StoredForm& form);

/// What an embedding of `images` pictures takes on disk.
struct StoredBytes {
  uint64_t kept = 0;
  uint64_t meanwhile = 0;  ///< beside that until it is finished: raw features of the pictures that PCA is fitted on
};
/// `shape`: of the backbone's layer; `fitted`: pictures on the split's training side; `isStaged`: false when the
/// features can be read again at will (precomputed arrays).
[[nodiscard]] StoredBytes storedBytes(const std::vector<size_t>& shape, size_t images, size_t fitted, bool isStaged,
                                      const StoredForm& form);

}  // namespace corticast
