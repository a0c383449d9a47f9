#pragma once
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/evaluation/correlation.h"
#include "core/formats/hdf5_file.h"
#include "core/runs/run_layout.h"

namespace corticast {

/// Names of pictures by subject.
using ImageNames = std::map<std::string, std::vector<std::string>>;

/// Keeps what one fold's correlation was made of, so that the folds' can be put together without the responses.
void writeFoldMoments(Hdf5File& file, const RunGroup& group, const std::string& subject,
                      const PearsonAccumulator& accumulator);

/// All pictures that some fold validated, by name. `files`: the results of all cohorts.
[[nodiscard]] ImageNames imagesOfFolds(const std::vector<Hdf5File>& files);

/// Writes a target's predictions of one subject: for each picture of `images` that of the fold that validated it, and
/// for the test pictures the folds' mean. Holds a few rows at a time. `folds`: one file per fold. Throws Cancelled, and
/// Error when a picture was validated by no fold.
void joinFolds(Hdf5File& file, const RunGroup& group, const std::string& subject,
               const std::vector<const Hdf5File*>& folds, const std::vector<std::string>& images,
               const std::stop_token& stop);

struct FoldScores {
  std::vector<float> correlation;    ///< over the pictures of all folds
  std::vector<float> determination;  ///< the same for R2
  Matrix<float> correlationOfFold;   ///< [folds x columns]
  int64_t bestEpoch = 0;             ///< the folds' mean, rounded
};
[[nodiscard]] FoldScores joinFoldScores(const RunGroup& group, const std::vector<const Hdf5File*>& folds);

}  // namespace corticast
