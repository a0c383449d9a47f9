#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/matrix.h"
#include "core/data/split.h"
#include "core/linalg/device.h"
#include "core/training/feature_source.h"
#include "core/training/plan.h"
#include "core/training/target_group.h"
#include "core/training/target_source.h"
#include "core/training/trainer.h"
#include "core/training/vertex_positions.h"

namespace corticast {

class Reduction;
struct Stimulus;
struct Subject;

/// What a trainer works on: row r of everything is training image r of the cohort's subject; of several subjects, the
/// images of one after those of another, a picture that several saw once for each.
struct CohortData {
  std::shared_ptr<const FeatureSource> features;             ///< reduced; finite in the rows of the split
  std::shared_ptr<const Reduction> reduction;                ///< fitted on the rows of split.train
  Split split;                                               ///< rows into `features` and the sources
  std::vector<std::shared_ptr<const TargetSource>> sources;  ///< per group of the cohort, in its order
  std::vector<std::string> subjects = {};                    ///< whose images the rows are
  std::vector<uint32_t> rowSubject = {};          ///< per row, index into `subjects`; empty when all are of one subject
  std::vector<VertexPositions> positions = {};    ///< per group, empty ones where not needed; empty: nobody needs them
  std::vector<std::vector<float>> ceilings = {};  ///< per group and output, a fraction of variance; empty: not known
};

/// Gathers embedding, reduction, split and responses of one cohort. Of several subjects, a picture that more than one
/// saw is on the same side of the split for all (makeSharedSplits), and the reduction is fitted on the training rows of
/// all. Throws Error when the embedding is missing (naming the command that makes it), lacks a picture, holds values
/// that are not finite, or consists of components fitted on validation pictures. Pictures that the embedding skipped as
/// broken are in neither side of the split.
[[nodiscard]] CohortData prepareCohort(const Plan& plan, const Study& study, const Cohort& cohort,
                                       const std::vector<TargetGroup>& groups, const std::filesystem::path& workspace);

/// Features of other pictures of the cohort's subject (the test images, say), reduced as `data` was:
/// [pictures x features]; NaN for a picture that the embedding skipped as broken. `group` is any group of the cohort,
/// `subject` one of its subjects.
[[nodiscard]] Matrix<float> reducedFeatures(const CohortData& data, const TargetGroup& group, const Subject& subject,
                                            std::span<const Stimulus> pictures, const std::filesystem::path& workspace);

/// Half a GiB keeps a full-size subject, with its 1.5 GB of mapped responses, under 3 GB in all.
inline constexpr uint64_t kResponseCacheBytes = uint64_t{1} << 29;

struct TrainerOptions {
  Device device = {};
  unsigned threads = 0;  ///< 0: as many as the process may use. The result does not depend on it
  uint64_t seed = 1;
  /// Memory for keeping gathered responses from epoch to epoch; what does not fit is read again each epoch.
  uint64_t responseCacheBytes = kResponseCacheBytes;
  /// Order of the training rows in an epoch (1-based): a permutation of 0..rows-1, cut into minibatches from the front.
  /// Default: Philox(seed, epoch).
  std::function<std::vector<uint32_t>(int epoch, size_t rows)> order = {};
  /// First weights of a group: weight [targets x features], bias [targets]. Default: as torch.nn.Linear, uniform in
  /// +-1/sqrt(features), drawn from Philox(seed, streamOf(group id)), weights row by row and then the bias.
  std::function<void(const TargetGroup& group, MatrixView<float> weight, std::span<float> bias)> initialise = {};
};

/// The trainer for a cohort's groups (all of one kind of solver and one batch size, see cohortsOf).
[[nodiscard]] std::unique_ptr<Trainer> makeTrainer(CohortData data, std::vector<TargetGroup> groups,
                                                   TrainerOptions options);

}  // namespace corticast
