#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/features/embedding.h"
#include "core/features/reduction.h"

namespace corticast {

struct PictureNeighbour {
  uint32_t picture = 0;  ///< index into PictureSpace::pictures()
  float similarity = 0;  ///< cosine about the mean of all pictures, -1..1
};

/// Where the pictures of an embedding lie to each other: a map in two dimensions and nearest neighbours.
///
/// Features are taken about their mean over all pictures. The map is the first two principal components of them. Of an
/// embedding of more than 256 MB the first 50 components stand for the features in both.
class PictureSpace {
 public:
  /// Pictures that were skipped as broken are not in it. Throws Error, Cancelled.
  [[nodiscard]] static PictureSpace of(const Embedding& embedding, ProgressReporter& progress);

  /// File names, in the embedding's order.
  [[nodiscard]] const std::vector<std::string>& pictures() const { return m_pictures; }
  /// [pictures x 2]; the second is 0 where pictures differ in one direction only.
  [[nodiscard]] const Matrix<float>& map() const { return m_map; }
  /// Share of the variance of all features along the two axes, 0..1.
  [[nodiscard]] const std::vector<double>& mapVariance() const { return m_mapVariance; }
  /// The `count` most similar other pictures, most similar first; equal ones in the pictures' order.
  [[nodiscard]] std::vector<PictureNeighbour> neighbours(uint32_t picture, size_t count) const;
  /// The same of a picture that is not in it, by its features (as the embedding has them).
  [[nodiscard]] std::vector<PictureNeighbour> neighbours(std::span<const float> features, size_t count) const;

 private:
  [[nodiscard]] std::vector<PictureNeighbour> closest(std::span<const float> direction, size_t count,
                                                      int64_t leftOut) const;

  std::vector<std::string> m_pictures;
  Reduction m_reduction;  ///< takes the components of a large embedding, else leaves the features
  std::vector<double> m_mean;
  Matrix<float> m_directions;  ///< [pictures x features], of length 1, or 0 at the mean
  Matrix<float> m_map;
  std::vector<double> m_mapVariance;
};

}  // namespace corticast
