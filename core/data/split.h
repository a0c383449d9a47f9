#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/params.h"
#include "core/data/stimulus.h"

namespace corticast {

/// How training pictures are parted into training and validation.
struct SplitConfig {
  std::string kind = "devkit";  ///< "devkit", "random", "kfold"
  int seed = 5;                 ///< random, kfold
  double trainFraction = 0.9;   ///< random
  int folds = 5;                ///< kfold
  int fold = 0;                 ///< kfold: which fold validates, 1..folds; 0: each in turn, in trainings of their own

  [[nodiscard]] static Fields<SplitConfig> fields();
};

/// Row indices (0-based) into a subject's training images, disjoint, together all of them, both in drawn order.
struct Split {
  std::vector<uint32_t> train;
  std::vector<uint32_t> validation;
};

/// Parts `stimuli` by row.
/// - devkit: the Algonauts 2023 tutorial's 90/10 split bit for bit: np.random.seed(5), np.random.shuffle of the row
///   numbers, the first round(n / 100 * 90) train, the rest validate (subject 01: 8,857 and 984).
/// - random: the same with any seed and round(n * trainFraction).
/// - kfold: the rows shuffled the same way and cut into `folds` runs whose lengths differ by at most one, as
///   scikit-learn's KFold(folds, shuffle=True, random_state=seed); fold k validates. Every row validates exactly once.
/// Throws Error when a side would be empty, the config is invalid, or it asks for all folds (see foldsOf).
[[nodiscard]] Split makeSplit(const SplitConfig& config, std::span<const Stimulus> stimuli);

/// The splits that a config asks for, each in a form that makeSplit takes: itself, or one per fold.
[[nodiscard]] std::vector<SplitConfig> foldsOf(const SplitConfig& config);

/// One split per subject such that a picture (NSD id) seen by several subjects is on the same side for all: the
/// distinct ids, ascending, are parted as makeSplit parts rows. For one subject in NSD order it equals makeSplit.
[[nodiscard]] std::vector<Split> makeSharedSplits(const SplitConfig& config,
                                                  std::span<const std::span<const Stimulus>> subjects);

}  // namespace corticast
