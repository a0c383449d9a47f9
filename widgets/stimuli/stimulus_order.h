#pragma once
#include <QString>
#include <span>
#include <string>
#include <vector>

namespace corticast {

/// What the pictures are sorted by.
enum class PictureSort {
  Name,        ///< as the study has them: training, then test
  NsdId,       ///< ascending
  Measured,    ///< response, greatest first
  Predicted,   ///< response, greatest first
  Difference,  ///< predicted less measured, by size: where the model is most wrong
  Similarity,  ///< to the chosen picture, most similar first
};

/// One picture as the browser knows it.
struct BrowsedPicture {
  QString file;
  int nsdId = 0;
  bool isTest = false;
};

/// Values per picture, NaN where there is none; each may be empty.
struct PictureNumbers {
  std::vector<float> measured;
  std::vector<float> predicted;
  std::vector<float> similarity;  ///< to the chosen picture; the picture itself has 1

  [[nodiscard]] float of(PictureSort sort, size_t picture) const;
};

/// Whether a picture is meant by what was typed: part of its name, or an NSD id ("613", "nsd 613", "00613").
[[nodiscard]] bool isMeant(const BrowsedPicture& picture, const QString& typed);

/// Indices of the pictures that are meant, sorted; pictures without the value that is sorted by come last, in the
/// study's order. `isReversed` turns the others round.
[[nodiscard]] std::vector<int> orderOf(std::span<const BrowsedPicture> pictures, const PictureNumbers& numbers,
                                       PictureSort sort, bool isReversed, const QString& typed);

}  // namespace corticast
